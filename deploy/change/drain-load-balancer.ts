import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { isHealthy, runOnHost } from '../../kit/hosts.ts';
import { haproxyMasterCommand } from '../model/haproxy-command.ts';
import { addressOn, hostsOf, type Host, type Topology } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';
import { findHolders } from '../observe/virtual-address.ts';
import {
  DRAIN_DEADLINE_MS,
  findBusyClients,
  IDLE_MS,
  readWorkers,
  type ClientSide,
  type ConnectionDrain,
} from './busy-connections.ts';
import { waitUntilMet, type WaitOptions } from './wait-until-met.ts';

/** How long the new owner forwards packets of unknown connections: longer than they may take to end. The kernel counts it. */
const FORWARD_SECONDS = DRAIN_DEADLINE_MS / 1_000 + 5;

/** From the restart of keepalived until the other load balancer owns the virtual IPs: an advertisement with priority 0, or three missing ones. */
const HANDOVER_DEADLINE_MS = 10_000;

/** From the signal to old workers until they have exited. */
const EXIT_DEADLINE_MS = 5_000;

/**
 * Moves the virtual IPs from a load balancer to the other one without cutting a connection, and waits until its connections have ended.
 *
 * New connections reach the other load balancer at once. It forwards packets of connections that it does not know (deploy/tiers/lb/handover.ts), so those
 * continue here. HAProxy reloads: the old worker closes each connection after its next response. The applications replace their sessions with databases
 * and cache. After 30 s the rest is cut, and counted in `cutConnections`.
 *
 * The host stays a backup: keepalived never takes the virtual IPs from a host that owns them (`nopreempt`), also after a restart. It takes them only if the
 * other load balancer fails. So there is nothing to return on disposal. After a crash of this process at any point, forwarding expires in the kernel, and
 * old workers exit by themselves.
 *
 * Throws `roll-stopped` if the other load balancer is not healthy, or if it does not take the virtual IPs. With `isForced`, a load balancer without a
 * healthy other one keeps its virtual IPs, and its connections are counted as cut.
 */
export async function drainLoadBalancer(
  context: StackContext,
  host: Host,
  { signal, onWait, isForced = false }: Pick<WaitOptions, 'signal' | 'onWait'> & { readonly isForced?: boolean },
): Promise<ConnectionDrain> {
  const { hosts } = context;
  const state = await hosts.state(host.name);
  if (state?.running !== true || state.paused) return drained(0);
  if ((await findOwned(context, host)).length === 0) {
    return drained(await endConnections(context, host, { signal, onWait, idleMs: 0 }));
  }
  const successor = await findSuccessor(context, host);
  if (successor === undefined && isForced) return drained(await countBusy(context, host));
  if (successor === undefined) {
    throw new HoldfastError('roll-stopped', `No other load balancer can take the virtual IPs of ${host.name}.`, {
      fix: 'Check `./holdfast status`. `./holdfast up --at-once` replaces hosts without draining them.',
    });
  }
  signal.throwIfAborted();
  if (!(await canForward(context, [host, successor]))) {
    onWait(`${host.name}: its connections are cut, because its version or its kernel cannot forward them`);
    const busy = await countBusy(context, host);
    await handOver(context, { from: host, to: successor }, signal);
    return drained(busy);
  }
  await forward(context, successor, host);
  await handOver(context, { from: host, to: successor }, signal);
  const cut = await endConnections(context, host, { signal, onWait, idleMs: IDLE_MS });
  // From now on, a packet of a connection that was cut gets a reset at once, instead of none from a host that is being replaced.
  await runOnHost(context.hosts, successor.name, ['nft', 'flush map ip handover previous']);
  return drained(cut);
}

async function countBusy(context: StackContext, host: Host): Promise<number> {
  const { current: pids } = await readWorkers(context, host.name);
  return (await findBusyClients(context, host.name, { pids, ...clientSide(context.topology) })).size;
}

function drained(cutConnections: number): ConnectionDrain {
  return { cutConnections, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** The virtual IPs that a host owns. */
async function findOwned(context: StackContext, host: Host): Promise<readonly string[]> {
  const addresses = Object.values(context.topology.virtualAddresses).map(({ address }) => address);
  const owned = await Promise.all(
    addresses.map(async (address) => ((await findHolders(context, address)).includes(host.name) ? [address] : [])),
  );
  return owned.flat();
}

/** The other load balancer, if it can take the virtual IPs. */
async function findSuccessor({ topology, hosts }: StackContext, host: Host): Promise<Host | undefined> {
  const states = await hosts.list();
  const others = hostsOf(topology, 'lb').filter(({ name }) => name !== host.name && isHealthy(states.get(name)));
  for (const other of others) {
    // Docker runs its health check every 30 s only.
    if ((await hosts.exec(other.name, ['/usr/local/bin/healthy'])).code === 0) return other;
  }
  return undefined;
}

/** Whether all of these hosts have the rules of deploy/tiers/lb/handover.ts. */
async function canForward({ hosts }: StackContext, balancers: readonly Host[]): Promise<boolean> {
  const list = ['nft', 'list', 'map', 'ip', 'handover', 'previous'];
  const found = await Promise.all(balancers.map(({ name }) => hosts.exec(name, list)));
  return found.every(({ code }) => code === 0);
}

/** Makes `successor` forward packets of connections that it does not know to `host`, for a limited time. */
async function forward(context: StackContext, successor: Host, host: Host): Promise<void> {
  const elements = Object.values(context.topology.virtualAddresses).map(
    ({ address, network }) => `${address} timeout ${FORWARD_SECONDS}s : ${addressOn(host, network)}`,
  );
  // One transaction. An element of an earlier handover would keep its timeout.
  const rules = `flush map ip handover previous; add element ip handover previous { ${elements.join(', ')} }`;
  await runOnHost(context.hosts, successor.name, ['nft', rules]);
}

/**
 * Restarts keepalived of `from`: it announces that it stops, starts as a backup, and leaves the virtual IPs to their new owner. A crash of this process
 * cannot leave it in another state. Meanwhile `from` still accepts connections, because the virtual IPs stay local to it.
 */
async function handOver(
  context: StackContext,
  { from, to }: { readonly from: Host; readonly to: Host },
  signal: AbortSignal,
): Promise<void> {
  await runOnHost(context.hosts, from.name, ['s6-svc', '-r', '/etc/s6/keepalived']);
  await waitFor(
    async () => (await findOwned(context, to)).length === Object.keys(context.topology.virtualAddresses).length,
    { what: `the virtual IPs on ${to.name}`, deadlineMs: HANDOVER_DEADLINE_MS, intervalMs: 50, signal },
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new HoldfastError('roll-stopped', `${to.name} did not take the virtual IPs of ${from.name}.`, {
      fix: `Check \`./holdfast logs ${to.name}\`, and repeat \`./holdfast up\`.`,
      cause: error,
    });
  });
}

/** Ends the connections of a host in order, and then those that are left. Returns the number of those that were in use. */
async function endConnections(
  context: StackContext,
  host: Host,
  { signal, onWait, idleMs }: Pick<WaitOptions, 'signal' | 'onWait'> & { readonly idleMs: number },
): Promise<number> {
  const startedAt = performance.now();
  const { code, stdout } = await context.hosts.exec(host.name, haproxyMasterCommand('reload'));
  // A host without HAProxy has no connections. An HAProxy that rejects its configuration keeps serving: its connections are cut with the host.
  if (code !== 0 || !stdout.includes('Success=1')) onWait(`HAProxy of ${host.name} did not reload`);
  await renewSessions(context);
  let busy: ReadonlySet<string> = new Set();
  const find = async (): Promise<string> => {
    if ((await findOwned(context, host)).length > 0) return '';
    const { old } = await readWorkers(context, host.name);
    busy = await findBusyClients(context, host.name, { pids: old, ...clientSide(context.topology) });
    if (busy.size > 0) return `${host.name} has ${busy.size} connections in use`;
    return old.length > 0 && performance.now() - startedAt < idleMs ? `${host.name} has idle connections` : '';
  };
  await waitUntilMet(find, { deadlineMs: DRAIN_DEADLINE_MS, signal, onWait });
  if ((await findOwned(context, host)).length > 0) {
    throw new HoldfastError(
      'roll-stopped',
      `${host.name} owns the virtual IPs again: the other load balancer failed.`,
      {
        fix: 'Check `./holdfast status`, and repeat `./holdfast up`.',
      },
    );
  }
  await endWorkers(context, host, signal);
  return busy.size;
}

/** Makes the applications replace their sessions with databases and cache. HAProxy cannot close a pooled session without a race with its next query. */
async function renewSessions({ topology, hosts }: StackContext): Promise<void> {
  const states = await hosts.list();
  const running = hostsOf(topology, 'app').filter(({ name }) => isHealthy(states.get(name)));
  // A session that one of them keeps is cut and counted later.
  await Promise.allSettled(running.map(({ name }) => hosts.exec(name, ['s6-svc', '-y', '/etc/s6/app'])));
}

/** Ends the old workers of HAProxy, and waits until they have closed their connections. */
async function endWorkers(context: StackContext, host: Host, signal: AbortSignal): Promise<void> {
  const { old } = await readWorkers(context, host.name);
  if (old.length === 0) return;
  // The image has no program `kill`, but its shell has one built in. A worker that has exited meanwhile is not an error.
  await context.hosts.exec(host.name, ['sh', '-c', 'kill -TERM "$@"', 'sh', ...old.map(String)]);
  const haveEnded = async (): Promise<boolean> => (await readWorkers(context, host.name)).old.length === 0;
  await waitFor(haveEnded, { what: 'the exit of old HAProxy workers', deadlineMs: EXIT_DEADLINE_MS, signal });
}

function clientSide({ routes, virtualAddresses }: Topology): Pick<ClientSide, 'frontends' | 'isLocal'> {
  const addresses = Object.values(virtualAddresses).map(({ address }) => address);
  return { frontends: Object.keys(routes), isLocal: (address) => addresses.includes(address) };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { runOnHost } from '../../kit/hosts.ts';
import { haproxyCommand } from '../model/haproxy-command.ts';
import { PORTS, type Host } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';
import { DRAINING } from '../tiers/edge/haproxy.ts';
import {
  DRAIN_DEADLINE_MS,
  findBusyClients,
  IDLE_MS,
  isWorkerStopping,
  readWorkers,
  type ConnectionDrain,
} from './busy-connections.ts';
import { waitUntilMet, type WaitOptions } from './wait-until-met.ts';

/** A host that was started just now takes some seconds until HAProxy responds. */
const RETURN_DEADLINE_MS = 10_000;

/**
 * Takes an edge out of service without failing a request. Its health check fails first, so that DNS or an upstream proxy stops selecting it, for
 * `drainMs` of the profile. Then HAProxy stops listening: it closes each connection after its next response. New connections are refused at once, so
 * clients use the other address of the site's name. Resolves when no connection is in use for long enough, or after 30 s. Disposing starts HAProxy again.
 */
export async function drainEdge(
  context: StackContext,
  host: Host,
  { signal, onWait }: Pick<WaitOptions, 'signal' | 'onWait'>,
): Promise<ConnectionDrain> {
  const { hosts, topology } = context;
  await using undo = new AsyncDisposableStack();
  const state = await hosts.state(host.name);
  const isServing =
    state?.running === true && !state.paused && (await readWorkers(context, host.name)).current.length > 0;
  let cutConnections = 0;
  if (isServing) {
    undo.defer(() => returnEdge(context, host));
    await setDraining(context, host, true);
    await sleep(topology.profile.client.drainMs, undefined, { signal });
    cutConnections = await stopListening(context, host, { signal, onWait });
  }
  const kept = undo.move();
  return { cutConnections, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Returns an edge to service. An edge that was replaced or restarted meanwhile serves already. */
export async function returnEdge(context: StackContext, host: Host): Promise<void> {
  const state = await context.hosts.state(host.name);
  if (state?.running === true && !state.paused) {
    await waitFor(() => startHaproxy(context, host), {
      ...{ what: `HAProxy on ${host.name} in service`, deadlineMs: RETURN_DEADLINE_MS },
    });
  }
}

async function startHaproxy(context: StackContext, host: Host): Promise<true> {
  await runOnHost(context.hosts, host.name, ['s6-svc', '-u', '/etc/s6/haproxy']);
  const { current } = await readWorkers(context, host.name);
  const isStopping = await Promise.all(current.map((pid) => isWorkerStopping(context, host.name, pid)));
  // The supervisor starts HAProxy again after a stop. Then it knows nothing of the drain.
  if (isStopping.includes(false)) await setDraining(context, host, false);
  return true;
}

/** Makes the health check of an edge fail or succeed. HAProxy forgets it when it exits. */
async function setDraining({ hosts }: StackContext, host: Host, isDraining: boolean): Promise<void> {
  const command = haproxyCommand(`experimental-mode on; set var ${DRAINING} bool(${isDraining})`);
  // HAProxy has a reply only to a command that it rejects.
  const problem = (await runOnHost(hosts, host.name, command)).trim();
  if (problem !== '')
    throw new HoldfastError('docker', `HAProxy on ${host.name} did not change its health: ${problem}`);
}

/** Stops HAProxy softly, without a restart by the supervisor. Returns the number of connections that are still in use after 30 s. */
async function stopListening(
  context: StackContext,
  host: Host,
  wait: Pick<WaitOptions, 'signal' | 'onWait'>,
): Promise<number> {
  const { current, old } = await readWorkers(context, host.name);
  const pids = [...current, ...old];
  // -O: stay down after the exit. -1: SIGUSR1, the soft stop.
  await runOnHost(context.hosts, host.name, ['s6-svc', '-O1', '/etc/s6/haproxy']);
  const startedAt = performance.now();
  let busy: ReadonlySet<string> = new Set();
  const find = async (): Promise<string> => {
    busy = await findBusyClients(context, host.name, {
      pids,
      frontends: ['edge'],
      isLocal: (_, port) => port === PORTS.edge,
    });
    if (busy.size > 0) return `${host.name} has ${busy.size} connections in use`;
    // HAProxy exits when its last connection has ended.
    const isRunning = (await readWorkers(context, host.name)).current.length > 0;
    return isRunning && performance.now() - startedAt < IDLE_MS ? `${host.name} has idle connections` : '';
  };
  await waitUntilMet(find, { deadlineMs: DRAIN_DEADLINE_MS, ...wait });
  return busy.size;
}

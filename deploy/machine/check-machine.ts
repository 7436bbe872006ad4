/** Checks whether a machine meets the requirements of the stack. Pure. */
import type { Problem } from '../../kit/problem.ts';
import { overlap, prefixLength } from '../../kit/subnet.ts';
import { decideEngine, type EngineFacts } from './engine/decide-engine.ts';
import type { Host, Topology } from '../model/topology.ts';

/** A route of this machine into an IPv4 range. */
export interface Route {
  /** CIDR. */
  readonly destination: string;
  readonly device: string;
}

/** Facts of a machine, read by {@link ./read-machine.ts}. Sizes in bytes; undefined if the system does not report them. */
export interface MachineFacts {
  readonly engine: EngineFacts;
  readonly cores: number;
  /** Memory that is available without swapping. */
  readonly availableMemory: number | undefined;
  /** Free space on the engine's disk. */
  readonly freeDisk: number | undefined;
  /** Number of the stack's images that exist. */
  readonly imageCount: number;
  /** Number of running hosts of the stack. If there are any, the stack itself already uses the memory. */
  readonly runningHosts: number;
  /** Loopback ports of the topology that programs other than the stack listen on. */
  readonly takenPorts: readonly number[];
  /** Routes of this machine, except for those of the stack's networks. */
  readonly routes: readonly Route[];
  /** Limits that the kernel does not support, as reported by the engine: `memory`, `cpu`, `pids`. Empty also if the engine is down. */
  readonly missingLimits: readonly string[];
}

const GIB = 1024 ** 3;
/** The stack idles below 4 GiB (measured by `bench`); a load run and builds need the rest. */
const MIN_MEMORY = 5 * GIB;
/** Images, their build cache and the data of three databases: 8 GiB measured; the rest is for a second generation of images. */
const MIN_DISK_FIRST = 15 * GIB;
const MIN_DISK_LATER = 3 * GIB;
/** With this number of images or more, the first build counts as done. */
const BUILT_IMAGES_MIN = 12;

/** All problems of a machine. An `error` prevents the stack from starting. `up` fixes a `warning`, or it may distort measurements. */
export function judgeMachine(facts: MachineFacts, topology: Topology): readonly Problem[] {
  return [
    ...checkEngine(facts.engine),
    ...checkUser(facts.engine),
    ...checkSizes(facts),
    ...checkPorts(facts, topology),
    ...checkRoutes(facts, topology),
    ...checkLimits(facts),
  ];
}

function checkEngine(engine: EngineFacts): readonly Problem[] {
  const decision = decideEngine(engine);
  switch (decision.kind) {
    case 'use':
      return decision.warnings.map((summary) => ({ code: 'engine-old', severity: 'warning', summary }));
    case 'start':
      return [warn('engine-stopped', 'The Docker engine does not run.', '`./holdfast up` starts it.')];
    case 'install': {
      const what = 'The Docker engine or one of its plugins is not installed.';
      return [warn('engine-absent', what, '`./holdfast up` installs it from Debian, without touching /etc/apt.')];
    }
    case 'refuse':
      return [{ code: 'engine-unusable', severity: 'error', summary: decision.message, details: decision.fix }];
  }
}

/** Secrets are readable only by their owner, and root in a container has no capability to read files of other users. */
function checkUser({ isRoot }: EngineFacts): readonly Problem[] {
  if (isRoot) return [];
  const summary = 'The hosts cannot read secrets that belong to a user other than root.';
  return [{ code: 'not-root', severity: 'error', summary, details: 'Run the command as root: `sudo ./holdfast up`.' }];
}

function checkSizes(facts: MachineFacts): readonly Problem[] {
  const problems: Problem[] = [];
  const { availableMemory, freeDisk } = facts;
  if (availableMemory !== undefined && facts.runningHosts === 0 && availableMemory < MIN_MEMORY) {
    const summary = `Only ${inGib(availableMemory)} of memory are available; the stack needs ${inGib(MIN_MEMORY)}.`;
    const details = 'Close programs, or give the machine (with Docker Desktop: its virtual machine) more memory.';
    problems.push({ code: 'memory-short', severity: 'error', summary, details });
  }
  const needed = facts.imageCount >= BUILT_IMAGES_MIN ? MIN_DISK_LATER : MIN_DISK_FIRST;
  if (freeDisk !== undefined && freeDisk < needed) {
    const summary = `Only ${inGib(freeDisk)} of disk are free where the engine keeps images; ${inGib(needed)} are needed.`;
    const details = 'Free space; `docker system df` shows what the engine uses.';
    problems.push({ code: 'disk-short', severity: 'error', summary, details });
  }
  if (facts.cores < 2) {
    const summary = 'One processor core is too few for the time limits of the guarantees.';
    problems.push(warn('cores-short', summary, 'Give the machine two cores or more.'));
  }
  return problems;
}

function checkPorts(facts: MachineFacts, topology: Topology): readonly Problem[] {
  const owners = new Map(
    topology.hosts.flatMap((host) => host.published.map((port) => [port.loopbackPort, host] as const)),
  );
  return facts.takenPorts.map((port) => portProblem(port, owners.get(port)));
}

function portProblem(port: number, host: Host | undefined): Problem {
  const what = host?.published.find(({ loopbackPort }) => loopbackPort === port)?.what ?? 'the stack';
  return {
    code: 'port-taken',
    severity: 'error',
    summary: `Another program listens on 127.0.0.1:${port}, which ${what} needs.`,
    details: `Stop it (\`ss -ltnp 'sport = :${port}'\` names it), or choose another loopback port in deploy/model/topology.ts.`,
    ...(host === undefined ? {} : { at: host.name }),
  };
}

function checkRoutes(facts: MachineFacts, topology: Topology): readonly Problem[] {
  const subnets = Object.values(topology.networks).map(({ subnet }) => subnet);
  return facts.routes
    .filter((route) => prefixLength(route.destination) >= 8)
    .filter((route) => subnets.some((subnet) => overlap(subnet, route.destination)))
    .map((route) => {
      // The engine rejects a network that overlaps with another Docker network. All other routes lose to the stack's more specific one.
      const isDocker = /^(br-|docker)/.test(route.device);
      const summary = `${route.destination} is in use through ${route.device}, and the stack's networks overlap with it.`;
      const details = isDocker
        ? 'Remove that Docker network (`docker network ls`), or change the networks in deploy/model/topology.ts.'
        : 'Its destinations may be unreachable while the stack runs. If you need them, change the networks in deploy/model/topology.ts.';
      return { code: 'addresses-taken', severity: isDocker ? 'error' : 'warning', summary, details, at: route.device };
    });
}

function checkLimits(facts: MachineFacts): readonly Problem[] {
  return facts.missingLimits.map((limit) => {
    const summary = `The kernel does not let the engine limit ${limit}.`;
    return warn('limits-missing', summary, 'Without the limit, one host can use up what all hosts share.');
  });
}

function warn(code: string, summary: string, details: string): Problem {
  return { code, severity: 'warning', summary, details };
}

function inGib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

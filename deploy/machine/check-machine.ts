/** Judges a machine by what was read from it: is everything there that the stack needs? Pure. */
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

/** What {@link ./read-machine.ts} finds. Sizes in bytes; undefined where this system does not tell. */
export interface MachineFacts {
  readonly engine: EngineFacts;
  readonly cores: number;
  /** Memory that can be given out without swapping. */
  readonly availableMemory: number | undefined;
  /** Free space where the engine keeps images. */
  readonly freeDisk: number | undefined;
  /** Images of ours that are there already. */
  readonly imageCount: number;
  /** Hosts of ours that run: their memory and ports are taken by us. */
  readonly runningHosts: number;
  /** Loopback ports of the topology on which somebody other than our containers listens. */
  readonly takenPorts: readonly number[];
  /** Routes of this machine that do not belong to our networks. */
  readonly routes: readonly Route[];
  /** What the engine says that the kernel lacks for limits: `memory`, `cpu`, `pids`. Empty when nothing, or when the engine is down. */
  readonly missingLimits: readonly string[];
}

const GIB = 1024 ** 3;
/** The stack idles below 4 GiB (measured by `bench`); a load run and builds need the rest. */
const MIN_MEMORY = 5 * GIB;
/** Images, their build cache and the data of three databases: 8 GiB measured; the rest is for a second generation of images. */
const MIN_DISK_FIRST = 15 * GIB;
const MIN_DISK_LATER = 3 * GIB;
/** From here on the images count as built. */
const MOST_IMAGES = 12;

/** All that is missing. An `error` keeps the stack from standing; a `warning` is dealt with by `up`, or may spoil measurements. */
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

/** Secrets are readable by their owner alone, and root of a host has no capability that would let it read a stranger's. */
function checkUser({ isRoot }: EngineFacts): readonly Problem[] {
  if (isRoot) return [];
  const summary = 'The hosts could not read the secrets of a user who is not root.';
  return [{ code: 'not-root', severity: 'error', summary, details: 'Run it as root: `sudo ./holdfast up`.' }];
}

function checkSizes(facts: MachineFacts): readonly Problem[] {
  const problems: Problem[] = [];
  const { availableMemory, freeDisk } = facts;
  if (availableMemory !== undefined && facts.runningHosts === 0 && availableMemory < MIN_MEMORY) {
    const summary = `Only ${inGib(availableMemory)} of memory are available; the stack needs ${inGib(MIN_MEMORY)}.`;
    const details = 'Close programs, or give the machine (with Docker Desktop: its virtual machine) more memory.';
    problems.push({ code: 'memory-short', severity: 'error', summary, details });
  }
  const needed = facts.imageCount >= MOST_IMAGES ? MIN_DISK_LATER : MIN_DISK_FIRST;
  if (freeDisk !== undefined && freeDisk < needed) {
    const summary = `Only ${inGib(freeDisk)} of disk are free where the engine keeps images; ${inGib(needed)} are needed.`;
    const details = 'Free space; `docker system df` shows what the engine uses.';
    problems.push({ code: 'disk-short', severity: 'error', summary, details });
  }
  if (facts.cores < 2) {
    const summary = 'One processor core is too few for the promises about time.';
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
    summary: `Another program listens on 127.0.0.1:${port}, where ${what} is to be.`,
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
      // The engine refuses a network that overlaps with another of its own; any other route loses to our narrower one.
      const isDocker = /^(br-|docker)/.test(route.device);
      const summary = `${route.destination} is in use through ${route.device}, and the stack's networks overlap with it.`;
      const details = isDocker
        ? 'Remove that Docker network (`docker network ls`), or change the networks in deploy/model/topology.ts.'
        : 'What is reached through it may not be while the stack is up; if that matters, change the networks in deploy/model/topology.ts.';
      return { code: 'addresses-taken', severity: isDocker ? 'error' : 'warning', summary, details, at: route.device };
    });
}

function checkLimits(facts: MachineFacts): readonly Problem[] {
  return facts.missingLimits.map((limit) => {
    const summary = `The kernel does not let the engine limit ${limit}.`;
    return warn('limits-missing', summary, 'Hosts then share it freely: one that runs wild takes it from the others.');
  });
}

function warn(code: string, summary: string, details: string): Problem {
  return { code, severity: 'warning', summary, details };
}

function inGib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

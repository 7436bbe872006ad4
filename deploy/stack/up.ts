import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts, type Hosts, type HostState } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { renderProblems } from '../../kit/problem.ts';
import { checkTopology } from '../model/check-topology.ts';
import { checkMachine } from '../machine/doctor.ts';
import { ensureEngine } from '../machine/engine/ensure-engine.ts';
import { refuseOthersStack } from './check-stack-owner.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import { buildImages } from '../images/images.ts';
import { makeSecrets } from './make-secrets.ts';
import { writeRendered, type RenderedFiles } from './render.ts';
import { runCompose } from './run-compose.ts';
import { secretsOf } from '../model/secrets.ts';
import type { Topology } from '../model/topology.ts';

interface UpOptions {
  readonly topology: Topology;
  /** What `renderAll` made of it. */
  readonly files: RenderedFiles;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Undoes faults that an interrupted run left in place; called once an engine is there. */
  readonly heal?: () => Promise<unknown>;
}

/** From the first container to the last healthy host. */
const HEALTHY_DEADLINE_MS = 240_000;

/**
 * Brings the stack up, from whatever state it is in: nothing, half-way, rebooted, hosts killed or cut off.
 * Every step leaves what it reached, so that the next `up` goes on from there.
 */
export async function up({ topology, files, signal, onProgress, heal }: UpOptions): Promise<void> {
  const problems = checkTopology(topology);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new HoldfastError('invalid-topology', renderProblems(errors));
  onProgress('looking at the engine and this machine');
  await ensureEngine({ signal, onProgress });
  await refuseOthersStack();
  const unfit = (await checkMachine(topology)).filter(({ severity }) => severity === 'error');
  if (unfit.length > 0) throw new HoldfastError('unsupported-machine', renderProblems(unfit));
  await buildImages({ signal, onProgress });
  const made = await makeSecrets(topology, PATHS.secrets);
  const drift = await writeRendered(files);
  const touched = drift.changed.length + drift.missing.length + drift.extra.length;
  if (touched > 0) onProgress(`rendered ${touched} changed files from the topology`);
  const hosts = openHosts();
  await heal?.();
  await thaw(hosts, topology);
  await stopReaders(hosts, topology, made);
  onProgress('starting the hosts');
  await runCompose(['up', '--detach', '--remove-orphans'], signal);
  await reconnect(hosts, topology);
  await waitUntilHealthy(hosts, { topology, signal, onProgress });
}

/** Compose cannot start what is frozen. */
async function thaw(hosts: Hosts, topology: Topology): Promise<void> {
  const states = await hosts.list();
  await Promise.all(
    topology.hosts.filter((host) => states.get(host.name)?.paused === true).map((host) => hosts.unpause(host.name)),
  );
}

/** A running host goes on with the secrets that it started with; stopped, it gets the new ones when Compose starts it again. */
async function stopReaders(hosts: Hosts, topology: Topology, made: readonly string[]): Promise<void> {
  const states = await hosts.list();
  const readers = topology.hosts.filter(({ tier }) => secretsOf(tier).some((name) => made.includes(name)));
  const running = readers.filter(({ name }) => states.get(name)?.running === true);
  await Promise.all(running.map(({ name }) => hosts.stop(name)));
}

/** Compose 2.40.3 makes a host anew that was cut off from a network; whatever is left cut off is connected here. */
async function reconnect(hosts: Hosts, topology: Topology): Promise<void> {
  const states = await hosts.list();
  for (const host of topology.hosts.filter(({ enabled }) => enabled)) {
    const connected = states.get(host.name)?.networks ?? {};
    for (const leg of attachmentsOf(host, topology.profile)) {
      if (connected[leg.network] !== leg.address) await hosts.connect(host.name, leg);
    }
  }
}

async function waitUntilHealthy(
  hosts: Hosts,
  { topology, signal, onProgress }: Pick<UpOptions, 'topology' | 'signal' | 'onProgress'>,
): Promise<void> {
  const wanted = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
  let waiting = wanted;
  let told = '';
  const tell = setInterval(() => {
    const line = `${wanted.length - waiting.length} of ${wanted.length} hosts are healthy, waiting for ${waiting.join(', ')}`;
    if (line !== told) onProgress(line);
    told = line;
  }, 2_000);
  try {
    await waitFor(
      async () => {
        const states = await hosts.list();
        waiting = wanted.filter((name) => !isHealthy(states.get(name)));
        return waiting.length === 0;
      },
      { what: 'all hosts healthy', deadlineMs: HEALTHY_DEADLINE_MS, intervalMs: 500, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    const [first = ''] = waiting;
    throw new HoldfastError(
      'stack-not-healthy',
      `${waiting.join(', ')} did not become healthy within ${HEALTHY_DEADLINE_MS / 1000} s.`,
      {
        cause: error,
        fix: `Check \`./holdfast logs ${first}\`, then repeat \`./holdfast up\`.`,
      },
    );
  } finally {
    clearInterval(tell);
  }
}

function isHealthy(state: HostState | undefined): boolean {
  return state?.running === true && !state.paused && state.health === 'healthy';
}

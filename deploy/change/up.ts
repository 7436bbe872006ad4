import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts, type Hosts, type HostState } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { renderProblems } from '../../kit/problem.ts';
import { checkTopology } from '../model/check-topology.ts';
import { checkMachine } from '../machine/doctor.ts';
import { ensureEngine } from '../machine/engine/ensure-engine.ts';
import { checkStackOwner } from '../stack/check-stack-owner.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import { buildImages } from '../images/images.ts';
import { makeSecrets } from '../stack/make-secrets.ts';
import { writeRendered, type RenderedFiles } from '../stack/render.ts';
import { runCompose } from '../stack/run-compose.ts';
import { secretsOf } from '../model/secrets.ts';
import type { Topology } from '../model/topology.ts';

interface UpOptions {
  readonly topology: Topology;
  /** The result of `renderAll` for the topology. */
  readonly files: RenderedFiles;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Reverts abandoned faults of an interrupted run; called once the engine is running. */
  readonly heal?: () => Promise<unknown>;
}

/** From the first container to the last healthy host. */
const HEALTHY_DEADLINE_MS = 240_000;

/**
 * Starts or repairs the stack from any state: absent, half started, after a reboot, with hosts killed or disconnected.
 * Completed steps stay in effect after an interruption, so that the next `up` continues from there.
 */
export async function up({ topology, files, signal, onProgress, heal }: UpOptions): Promise<void> {
  const problems = checkTopology(topology);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new HoldfastError('invalid-topology', renderProblems(errors));
  onProgress('checking the engine and this machine');
  await ensureEngine({ signal, onProgress });
  await checkStackOwner();
  const unfit = (await checkMachine(topology)).filter(({ severity }) => severity === 'error');
  if (unfit.length > 0) throw new HoldfastError('unsupported-machine', renderProblems(unfit));
  await buildImages({ signal, onProgress });
  const made = await makeSecrets(topology, PATHS.secrets);
  const drift = await writeRendered(files);
  const touched = drift.changed.length + drift.missing.length + drift.extra.length;
  if (touched > 0) onProgress(`rendered ${touched} changed files from the topology`);
  const hosts = openHosts();
  await heal?.();
  await unpauseHosts(hosts, topology);
  await stopReaders(hosts, topology, made);
  onProgress('starting the hosts');
  await runCompose(['up', '--detach', '--remove-orphans'], signal);
  await reconnect(hosts, topology);
  await waitUntilHealthy(hosts, { topology, signal, onProgress });
}

/** Compose cannot start paused containers. */
async function unpauseHosts(hosts: Hosts, topology: Topology): Promise<void> {
  const states = await hosts.list();
  await Promise.all(
    topology.hosts.filter((host) => states.get(host.name)?.paused === true).map((host) => hosts.unpause(host.name)),
  );
}

/** Stops hosts that read a new secret. They read secrets only at start, and Compose starts them again. */
async function stopReaders(hosts: Hosts, topology: Topology, made: readonly string[]): Promise<void> {
  const states = await hosts.list();
  const readers = topology.hosts.filter(({ tier }) => secretsOf(tier).some((name) => made.includes(name)));
  const running = readers.filter(({ name }) => states.get(name)?.running === true);
  await Promise.all(running.map(({ name }) => hosts.stop(name)));
}

/** Compose 2.40.3 recreates a host that is disconnected from a network. This connects hosts that are still disconnected. */
async function reconnect(hosts: Hosts, topology: Topology): Promise<void> {
  const states = await hosts.list();
  for (const host of topology.hosts.filter(({ enabled }) => enabled)) {
    const connected = states.get(host.name)?.networks ?? {};
    for (const attachment of attachmentsOf(host, topology.profile)) {
      if (connected[attachment.network] !== attachment.address) await hosts.connect(host.name, attachment);
    }
  }
}

async function waitUntilHealthy(
  hosts: Hosts,
  { topology, signal, onProgress }: Pick<UpOptions, 'topology' | 'signal' | 'onProgress'>,
): Promise<void> {
  const wanted = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
  let waiting = wanted;
  let lastLine = '';
  const progressTimer = setInterval(() => {
    const line = `${wanted.length - waiting.length} of ${wanted.length} hosts are healthy, waiting for ${waiting.join(', ')}`;
    if (line !== lastLine) onProgress(line);
    lastLine = line;
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
    clearInterval(progressTimer);
  }
}

function isHealthy(state: HostState | undefined): boolean {
  return state?.running === true && !state.paused && state.health === 'healthy';
}

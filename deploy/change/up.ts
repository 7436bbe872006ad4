import { HoldfastError } from '../../kit/errors.ts';
import { isHealthy, openHosts, type Hosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { renderProblems } from '../../kit/problem.ts';
import { checkTopology } from '../model/check-topology.ts';
import { checkMachine } from '../machine/doctor.ts';
import { ensureEngine } from '../machine/engine/ensure-engine.ts';
import { checkStackOwner } from '../stack/check-stack-owner.ts';
import { buildImages } from '../images/images.ts';
import { ensureReleasedImage } from '../stack/app-image.ts';
import { writeHostFiles } from '../stack/host-files.ts';
import { makeSecrets } from '../stack/make-secrets.ts';
import { writeRendered } from '../stack/render.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import { runCompose } from '../stack/run-compose.ts';
import type { Host, Topology } from '../model/topology.ts';
import type { Action } from './decide-change.ts';
import { drainEdge } from './drain-edge.ts';
import { undrainAll } from './drain.ts';
import { publishOperations, readDrains } from './drains.ts';
import { makePlan, type PlannedHost } from './plan.ts';
import { changeAtOnce, rollItem } from './roll-item.ts';
import { reconnect, roll, type RollOptions } from './roll.ts';
import { waitUntilMet } from './wait-until-met.ts';

export interface UpOptions {
  readonly topology: Topology;
  /** The result of `renderAll` for the topology. */
  readonly files: RenderedFiles;
  /** Replaces all changed hosts at the same time, which interrupts the service. */
  readonly isAtOnce: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Reverts abandoned faults of an interrupted run; called once the engine is running. */
  readonly heal?: () => Promise<unknown>;
  /** Observers of the changes. `onPlan` gets the hosts that differ from the topology, before the first of them changes. */
  readonly hooks?: Pick<RollOptions, 'onStep' | 'onDone' | 'watch'> & {
    readonly onPlan?: (differing: readonly string[]) => void;
  };
}

/** From the first container to the last healthy host. */
const HEALTHY_DEADLINE_MS = 240_000;

/**
 * Starts, repairs or changes the stack from any state: absent, half started, after a reboot, with hosts killed or disconnected. Hosts that run and
 * differ from the topology are replaced one at a time ({@link roll}), or all at once. Completed steps stay in effect after an interruption, so that
 * the next `up` continues from there.
 */
export async function up(options: UpOptions): Promise<void> {
  const { topology, files, isAtOnce, signal, onProgress, heal, hooks } = options;
  const problems = checkTopology(topology);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new HoldfastError('invalid-topology', renderProblems(errors));
  onProgress('checking the engine and this machine');
  await ensureEngine({ signal, onProgress });
  await checkStackOwner();
  const unfit = (await checkMachine(topology)).filter(({ severity }) => severity === 'error');
  if (unfit.length > 0) throw new HoldfastError('unsupported-machine', renderProblems(unfit));
  await buildImages({ signal, onProgress });
  await ensureReleasedImage({ signal, onProgress });
  await makeSecrets(topology, PATHS.secrets);
  const drift = await writeRendered(files);
  const touched = drift.changed.length + drift.missing.length + drift.extra.length;
  if (touched > 0) onProgress(`rendered ${touched} changed files from the topology`);
  const hosts = openHosts();
  const context = { topology, hosts };
  await heal?.();
  await unpauseHosts(hosts, topology);

  const plan = await makePlan(topology, files, hosts);
  hooks?.onPlan?.(plan.filter(({ action }) => action !== 'nothing').map(({ host }) => host.name));
  const chosen = (...actions: readonly Action[]): readonly PlannedHost[] =>
    plan.filter(({ action }) => actions.includes(action));
  const isFresh = plan.every(({ host, action }) => !host.enabled || action === 'start');
  const starting = chosen('start');
  for (const { host, files: wanted } of [...starting, ...chosen('update')]) await writeHostFiles(host, wanted);
  const names = starting.map(({ host }) => host.name);
  if (names.length > 0) onProgress(isFresh ? 'starting the hosts' : `starting ${names.join(', ')}`);
  await publishOperations(topology);
  // Without names, Compose also creates the networks, and would start all hosts. Hosts that left the topology are removed when nothing uses them.
  if (isFresh) await runCompose(['up', '--detach', '--remove-orphans'], signal);
  else if (names.length > 0) await runCompose(['up', '--detach', '--no-deps', ...names], signal);
  const rest = isAtOnce ? [] : chosen('replace', 'restart', 'reload');
  if (isAtOnce) await changeAtOnce(chosen('replace', 'restart', 'reload'), { context, signal, onProgress });
  // A host that is still to be replaced may have addresses that the topology no longer has.
  const current = topology.hosts.filter(({ enabled, name }) => enabled && !rest.some(({ host }) => host.name === name));
  await reconnect(context, current);
  for (const name of await undrainAll(context, new Set(rest.map(({ host }) => host.name)))) {
    onProgress(`${name} serves again: an interrupted change had drained it`);
  }
  // HAProxy of an edge that an operator drained does not run, unless the host has restarted since.
  const drains = await readDrains(topology);
  const isDrainedEdge = ({ name, tier }: Host): boolean => tier === 'edge' && drains.has(name);
  for (const edge of current.filter(isDrainedEdge)) {
    onProgress(`${edge.name} stays drained: ${drains.get(edge.name)?.reason ?? ''}`);
    await drainEdge(context, edge, { signal, onWait: onProgress });
  }
  const serving = current.filter((host) => !isDrainedEdge(host));
  await waitUntilHealthy(hosts, { names: serving.map(({ name }) => name), signal, onProgress });
  await roll(rest.map(rollItem), { context, signal, onProgress, ...hooks });
  await removeHosts(hosts, chosen('remove'), { signal, onProgress });
}

/** Shuts hosts down and removes their containers. */
async function removeHosts(
  hosts: Hosts,
  removed: readonly PlannedHost[],
  { signal, onProgress }: Pick<UpOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  for (const { host, reasons } of removed) {
    onProgress(`removing ${host.name}: ${reasons.join(', ')}`);
    signal.throwIfAborted();
    await hosts.remove(host.name);
  }
}

/** Compose cannot start paused containers. */
async function unpauseHosts(hosts: Hosts, topology: Topology): Promise<void> {
  const states = await hosts.list();
  await Promise.all(
    topology.hosts.filter((host) => states.get(host.name)?.paused === true).map((host) => hosts.unpause(host.name)),
  );
}

async function waitUntilHealthy(
  hosts: Hosts,
  { names, signal, onProgress }: Pick<UpOptions, 'signal' | 'onProgress'> & { readonly names: readonly string[] },
): Promise<void> {
  let waiting = names;
  const findUnhealthy = async (): Promise<string> => {
    const states = await hosts.list();
    waiting = names.filter((name) => !isHealthy(states.get(name)));
    return waiting.length === 0
      ? ''
      : `${names.length - waiting.length} of ${names.length} hosts are healthy, waiting for ${waiting.join(', ')}`;
  };
  const wait = { deadlineMs: HEALTHY_DEADLINE_MS, signal, onWait: onProgress };
  if ((await waitUntilMet(findUnhealthy, wait)) === '') return;
  const [first = ''] = waiting;
  throw new HoldfastError(
    'stack-not-healthy',
    `${waiting.join(', ')} did not become healthy within ${HEALTHY_DEADLINE_MS / 1000} s.`,
    {
      fix: `Check \`./holdfast logs ${first}\`, then repeat \`./holdfast up\`. If it needs a change of another host, use \`./holdfast up --at-once\`.`,
    },
  );
}

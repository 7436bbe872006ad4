import { setTimeout as sleep } from 'node:timers/promises';
import { silencePlannedWork } from '../../alerts/planned-work.ts';
import { openChange } from '../../deploy/change/change-journal.ts';
import type { ChangeStep } from '../../deploy/change/change-step.ts';
import { publishOperations } from '../../deploy/change/drains.ts';
import type { RenderedFiles } from '../../deploy/model/rendered-file.ts';
import { hostsOf } from '../../deploy/model/topology.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { messageOf } from '../../kit/errors.ts';
import { proveNotificationPath } from '../alert-expectations/notification-path.ts';
import type { CacheEvidence } from '../evidence/cache-write.ts';
import type { ChangeControl, ChangeRun, ChosenChange, MaintenanceGuarantee } from '../guarantees/guarantee.ts';
import type { Window } from '../judge/judgement.ts';
import type { Disturbance } from './disturbance.ts';
import { waitForRedundancy } from './recover.ts';
import type { Timeline } from './timeline.ts';

/** Events begin at random moments of the load, so that no phase of checks and intervals is always the same. */
export const MAX_PAUSE_MS = 2_000;

interface PerformOptions {
  readonly world: StackContext;
  readonly guarantee: MaintenanceGuarantee;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly files: RenderedFiles;
  readonly events?: number;
  /** The index of the control that is made instead of the change. */
  readonly control?: number;
}

/** Makes the change of a guarantee, or its control, as often as wanted, each time until full redundancy. */
export async function performChanges(options: PerformOptions): Promise<Disturbance> {
  const { world, guarantee, timeline, signal, events: count = 1 } = options;
  const steps: ChangeStep[] = [];
  const events: Window[] = [];
  const observed: Observation[] = [];
  const notifications: Observation[] = [];
  const cache: CacheEvidence[] = [];
  let redundancy: Observation & { readonly at: number } = { seen: false, text: 'no event ended', at: Date.now() };
  let chosen: ChosenChange | undefined;
  for (let event = 0; event < count; event += 1) {
    if (event > 0) await sleep(Math.random() * MAX_PAUSE_MS, undefined, { signal });
    // The roles may have moved in the event before.
    chosen = await guarantee.chooseChange(world);
    const control = controlOf(chosen, options.control);
    const name = control === undefined ? '' : `control (${control.name}): `;
    const startMs = Date.now();
    timeline.add('fault', `${name}${chosen.description}; ${chosen.why}`, startMs);
    const effect = await performOne(options, chosen, { event, steps, notifications, cache });
    observed.push(effect);
    const endMs = Date.now();
    events.push({ startMs, endMs: endOfExposure(steps, { startMs, endMs }) });
    timeline.add('fault', `${effect.seen ? 'took effect' : 'NOT PROVEN'}: ${effect.text}`, endMs);
    redundancy = await waitForRedundancy(world, chosen.redundancy, { deadlineMs: guarantee.eventMs, signal });
    timeline.add(
      'recovery',
      `${redundancy.seen ? 'full redundancy' : 'NOT REDUNDANT'}: ${redundancy.text}`,
      redundancy.at,
    );
    if (!effect.seen || !redundancy.seen) break;
  }
  const [first, last] = [events[0], events.at(-1)];
  const control = chosen === undefined ? undefined : controlOf(chosen, options.control);
  if (chosen === undefined || first === undefined || last === undefined) throw new Error('no change was made');
  const unproven = observed.find(({ seen }) => !seen);
  return {
    fault: {
      description: chosen.description,
      targets: chosen.targets,
      why: chosen.why,
      effect: unproven ?? observed.at(-1) ?? { seen: false, text: 'no event' },
      clear: { seen: true, text: 'a change is not reverted' },
    },
    ...{ injectedAt: first.startMs, provenAt: last.endMs },
    recovery: {
      ...{ undoneAt: last.endMs, clearedAt: last.endMs, clear: { seen: true, text: 'a change is not reverted' } },
      redundantAt: redundancy.seen ? redundancy.at : undefined,
      redundancy: redundancy.text,
    },
    changes: {
      changeSteps: steps,
      events,
      notifications,
      cache,
      cacheNodes: hostsOf(world.topology, 'cache').map((host) => host.name),
      ...(control === undefined ? {} : { control: control.name }),
    },
  };
}

/** Steps after which a change harms no further connection of its host. */
const EXPOSING: readonly ChangeStep['step'][] = ['drained', 'hand-over', 'reload', 'stop'];

/** The end of the last drain of an event. A change without such steps exposes connections until its end. */
function endOfExposure(steps: readonly ChangeStep[], { startMs, endMs }: Window): number {
  const times = steps.filter(({ at, step }) => at >= startMs && EXPOSING.includes(step)).map(({ at }) => at);
  return times.length === 0 ? endMs : Math.max(...times);
}

function controlOf({ controls }: ChosenChange, index: number | undefined): ChangeControl | undefined {
  return index === undefined ? undefined : controls[index];
}

/** One event. It is in the change journal, so that `maintenance abort` can end it if this process is killed. */
async function performOne(
  { world, guarantee, timeline, signal, files, control }: PerformOptions,
  chosen: ChosenChange,
  {
    event,
    steps,
    notifications,
    cache,
  }: {
    readonly event: number;
    readonly steps: ChangeStep[];
    readonly notifications: Observation[];
    readonly cache: CacheEvidence[];
  },
): Promise<Observation> {
  const what = `prove ${guarantee.id}`;
  const change = await openChange({ what, operation: chosen.operation, reason: chosen.description });
  const run: ChangeRun = {
    ...{ context: world, signal, event, files, id: change.id },
    onCacheWrites: (written) => {
      cache.push(written);
    },
    onProgress: (line) => {
      timeline.add('phase', line);
    },
    onStep: (host, step) => {
      steps.push({ at: Date.now(), host, step });
      change.step(host, step);
    },
    checkNotification: async () => {
      const runId = `${change.id}-${notifications.length}`;
      notifications.push(await proveNotificationPath({ topology: world.topology, runId, signal }));
    },
    onDone: change.done,
    // The judges decide about harm, from the records of the clients.
    watch: { announce: (host) => silencePlannedWork(world.topology, host, what), findHarm: () => Promise.resolve('') },
  };
  try {
    await publishOperations(world.topology);
    const effect = await (controlOf(chosen, control) ?? chosen).perform(run);
    change.end('completed');
    return effect;
  } catch (error) {
    change.end('stopped', { problem: messageOf(error) });
    throw error;
  } finally {
    await publishOperations(world.topology);
  }
}

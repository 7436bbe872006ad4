import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import type { AlertWatch } from '../alert-expectations/alert-watch.ts';
import type { FaultGuarantee } from '../guarantees/guarantee.ts';
import type { Journal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import type { Disturbance } from './disturbance.ts';
import { hold } from './hold.ts';
import { recover } from './recover.ts';
import type { Timeline } from './timeline.ts';

/** Lease of the fault, after which any process may revert it. Covers the hold time, the wait for the alert, and the revert. */
const LEASE_MS = 240_000;

interface InjectOptions {
  readonly world: StackContext;
  readonly journal: Journal;
  readonly guarantee: FaultGuarantee;
  readonly watch: AlertWatch;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Injects the fault of a guarantee, holds and reverts it, and waits for full redundancy. */
export async function injectFault(options: InjectOptions): Promise<Disturbance> {
  const { world, guarantee, watch, timeline, signal } = options;
  const chosen = await guarantee.choose(world);
  timeline.add('phase', chosen.why);
  await using active = await openFault(chosen.fault, { ...options, leaseMs: LEASE_MS });
  const provenAt = Date.now();
  timeline.add('fault', chosen.fault.description, active.orderedAt);
  timeline.add('fault', `${active.effect.seen ? 'took effect' : 'NOT PROVEN'}: ${active.effect.text}`, provenAt);
  timeline.add('phase', `hold time: at least ${guarantee.holdMs / 1_000} s`);
  await hold({ guarantee, chosen, active, watch, signal });
  const finalEffect = await active.checkEffect();
  timeline.add('fault', `${finalEffect.seen ? 'still in effect' : 'ENDED EARLY'}: ${finalEffect.text}`);
  const recovery = await recover({ world, chosen, active, timeline, signal });
  return {
    fault: {
      description: chosen.fault.description,
      targets: chosen.fault.targets,
      why: chosen.why,
      effect: active.effect.seen ? lasted(finalEffect) : active.effect,
      clear: recovery.clear,
    },
    ...{ injectedAt: active.orderedAt, provenAt, recovery },
  };
}

function lasted(finalEffect: Observation): Observation {
  if (finalEffect.seen) return finalEffect;
  return { ...finalEffect, text: `took effect, but ended before it was reverted: ${finalEffect.text}` };
}

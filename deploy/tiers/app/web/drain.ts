import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from './health.ts';

interface DrainOptions {
  readonly phase: Phase;
  /** How long to serve on after readiness said no: what the load balancers need to notice. */
  readonly drainMs: number;
  /** How long requests in flight may take after that. */
  readonly finishMs: number;
  /** Requests that are not answered yet. */
  readonly inFlight: () => number;
  /** Stops listening and resolves when the last request is answered. */
  readonly close: () => Promise<void>;
  /** Ends what is still open. */
  readonly closeAll: () => void;
}

const LOOK_EVERY_MS = 20;

/**
 * Leaves without failing a request that is done in time: say so, serve on, finish what is in flight, stop listening. In this order: load balancers take a host that does
 * not listen for dead, and cut what is under way there.
 */
export async function drain({ phase, drainMs, finishMs, inFlight, close, closeAll }: DrainOptions): Promise<void> {
  phase.current = 'draining';
  await sleep(drainMs);
  const untilMs = performance.now() + finishMs;
  while (inFlight() > 0 && performance.now() < untilMs) await sleep(LOOK_EVERY_MS);
  const timer = setTimeout(closeAll, Math.max(0, untilMs - performance.now()));
  await close();
  clearTimeout(timer);
}

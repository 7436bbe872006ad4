import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from './health.ts';

interface DrainOptions {
  readonly phase: Phase;
  /** How long to serve on after readiness said no: what the load balancers need to notice. */
  readonly drainMs: number;
  /** How long requests in flight may take after that. */
  readonly finishMs: number;
  /** Stops listening and resolves when the last request is answered. */
  readonly close: () => Promise<void>;
  /** Ends what is still open. */
  readonly closeAll: () => void;
}

/** Leaves without failing a request: say so, serve on, stop listening, finish what is in flight. */
export async function drain({ phase, drainMs, finishMs, close, closeAll }: DrainOptions): Promise<void> {
  phase.current = 'draining';
  await sleep(drainMs);
  const timer = setTimeout(closeAll, finishMs);
  await close();
  clearTimeout(timer);
}

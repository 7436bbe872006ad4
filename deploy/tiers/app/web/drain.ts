import { setTimeout as sleep } from 'node:timers/promises';
import type { Phase } from './health.ts';

interface DrainOptions {
  readonly phase: Phase;
  /** How long to keep serving while the readiness check fails, so that the load balancers notice. */
  readonly drainMs: number;
  /** How long requests in flight may take after that. */
  readonly finishMs: number;
  /** Number of requests in flight. */
  readonly inFlight: () => number;
  /** Stops listening and resolves when the last response is sent. */
  readonly close: () => Promise<void>;
  /** Closes all open connections. */
  readonly closeAll: () => void;
}

const POLL_INTERVAL_MS = 20;

/**
 * Shuts down without failing a request that ends in time: fails the readiness check, keeps serving, finishes requests in flight, stops listening.
 * The order matters: load balancers consider a host that does not listen down, and abort its requests in flight.
 */
export async function drain({ phase, drainMs, finishMs, inFlight, close, closeAll }: DrainOptions): Promise<void> {
  phase.current = 'draining';
  await sleep(drainMs);
  const untilMs = performance.now() + finishMs;
  while (inFlight() > 0 && performance.now() < untilMs) await sleep(POLL_INTERVAL_MS);
  const timer = setTimeout(closeAll, Math.max(0, untilMs - performance.now()));
  await close();
  clearTimeout(timer);
}

import type { Profile } from './profile.ts';

/** Who waits for an answer, innermost first: each gives the one inside it time to answer by itself. */
export type ResponseHop = 'app-pool' | 'web' | 'origin' | 'edge';

/** How much longer each hop waits than the one inside it. */
const HOP_MARGIN_MS = 500;

const DEPTH: Readonly<Record<ResponseHop, number>> = { 'app-pool': 1, web: 2, origin: 3, edge: 4 };

/**
 * Milliseconds that a hop waits for the first byte of an answer. The application may take its whole write budget; every
 * hop outside it waits a little longer than its inner one, so that the innermost that knows the cause gives the answer.
 */
export function responseTimeoutMs(profile: Profile, hop: ResponseHop): number {
  return profile.client.writeBudgetMs + HOP_MARGIN_MS * DEPTH[hop];
}

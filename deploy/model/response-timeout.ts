import type { Profile } from './profile.ts';

/** Hops that wait for a response, innermost first. Each waits longer than the one inside it. */
export type ResponseHop = 'app-pool' | 'web' | 'origin' | 'edge';

/** Additional wait of each hop compared to the one inside it. */
const HOP_MARGIN_MS = 500;

const DEPTH: Readonly<Record<ResponseHop, number>> = { 'app-pool': 1, web: 2, origin: 3, edge: 4 };

/**
 * Milliseconds that a hop waits for the first byte of a response. The application may use its whole write budget. Every hop outside it waits
 * slightly longer than the next inner one, so that the innermost hop, which knows the cause, responds.
 */
export function responseTimeoutMs(profile: Profile, hop: ResponseHop): number {
  return profile.client.writeBudgetMs + HOP_MARGIN_MS * DEPTH[hop];
}

import { z } from 'zod';
import type { CacheCommands } from '../data/cache.ts';
import { parseCached } from './parse-cached.ts';
import { SESSION_SECONDS, type Session } from './session.ts';

const stateSchema = z.object({ recentProductIds: z.array(z.int()), lastSeenAt: z.string() });

/** State of a session, in addition to the user. It is only in the cache; the shop works without it, with fewer features. */
export type SessionState = Readonly<z.infer<typeof stateSchema>>;

const MAX_RECENT = 8;

export class SessionStates {
  readonly #cache: CacheCommands;

  constructor(cache: CacheCommands) {
    this.#cache = cache;
  }

  /** The state, or `undefined` if there is none yet or the cache is down. */
  async read(session: Session): Promise<SessionState | undefined> {
    return parseCached(stateSchema, await this.#cache.get(keyOf(session)));
  }

  /** Records a product view. Of two concurrent views one may be lost, which is acceptable. */
  async noteProduct(session: Session, productId: number, now: Date): Promise<void> {
    const before = (await this.read(session))?.recentProductIds ?? [];
    const recentProductIds = [productId, ...before.filter((id) => id !== productId)].slice(0, MAX_RECENT);
    await this.#write(session, { recentProductIds, lastSeenAt: now.toISOString() });
  }

  /** Creates the state of a new session. */
  async begin(session: Session, now: Date): Promise<void> {
    await this.#write(session, { recentProductIds: [], lastSeenAt: now.toISOString() });
  }

  async end(session: Session): Promise<void> {
    await this.#cache.delete([keyOf(session)]);
  }

  async #write(session: Session, state: SessionState): Promise<void> {
    await this.#cache.set(keyOf(session), JSON.stringify(state), SESSION_SECONDS);
  }
}

function keyOf(session: Session): string {
  return `session:${session.id}`;
}

import { z } from 'zod';
import type { Cache } from '../data/cache.ts';
import { parseCached } from './parse-cached.ts';
import { SESSION_SECONDS, type Session } from './session.ts';

const stateSchema = z.object({ recentProductIds: z.array(z.int()), lastSeenAt: z.string() });

/** What the shop remembers of a session beyond who it is. Lives in the cache only: without it the shop works, less comfortably. */
export type SessionState = Readonly<z.infer<typeof stateSchema>>;

const REMEMBERED = 8;

export class SessionStates {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** The state, or `undefined` when there is none yet or the cache is away. */
  async read(session: Session): Promise<SessionState | undefined> {
    return parseCached(stateSchema, await this.#cache.get(keyOf(session)));
  }

  /** Notes that the session looked at a product. Two at the same time may lose one note, which nobody misses. */
  async noteProduct(session: Session, productId: number, now: Date): Promise<void> {
    const before = (await this.read(session))?.recentProductIds ?? [];
    const recentProductIds = [productId, ...before.filter((id) => id !== productId)].slice(0, REMEMBERED);
    await this.#write(session, { recentProductIds, lastSeenAt: now.toISOString() });
  }

  /** Begins the state of a new session. */
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

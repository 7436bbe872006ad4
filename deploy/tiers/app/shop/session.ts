import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { isGtidSet, UNKNOWN_WRITE } from '../data/gtid.ts';
import { parseCached } from './parse-cached.ts';
import { MAX_TTL_SECONDS } from './products.ts';
import type { Signer } from './token.ts';

/** A signed-in session. The signed cookie is sufficient, so that a loss of the cache does not sign users out. */
export interface Session {
  /** Key of the session's state in the cache. */
  readonly id: string;
  readonly userId: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export const SESSION_COOKIE = 'hf_session';
export const OWN_WRITE_COOKIE = 'hf_gtid';
export const SESSION_SECONDS = 12 * 3_600;

/**
 * How long a session's reads must wait for its last write. For the staleness of the read route, reads may miss the write. Within that time,
 * another visitor's read may also put an older value into the cache, for the TTL of the cache.
 */
export function ownWriteSeconds(readerStalenessMs: number): number {
  return Math.ceil(readerStalenessMs / 1000) + MAX_TTL_SECONDS;
}

/** Additional fields are ignored: during a rollout, a newer release that adds one signs sessions for this one. */
const payloadSchema = z.object({ id: z.string(), userId: z.int().positive(), expiresAt: z.int() });

export function startSession(userId: number, nowMs: number): Session {
  return {
    id: randomBytes(12).toString('base64url'),
    userId,
    expiresAt: Math.floor(nowMs / 1000) + SESSION_SECONDS,
  };
}

export function signSession(signer: Signer, session: Session): string {
  return signer.sign('session', JSON.stringify(session));
}

/** The session of a token, if the signature is valid and it has not expired. */
export function openSession(signer: Signer, token: string, nowMs: number): Session | undefined {
  const session = parseCached(payloadSchema, signer.open('session', token));
  return session !== undefined && session.expiresAt * 1000 > nowMs ? session : undefined;
}

/** A token with the transactions that a session must see. It is bound to the user, so that it has no effect in another user's session. */
export function signOwnWrite(
  signer: Signer,
  write: { readonly userId: number; readonly gtids: string; readonly untilMs: number },
): string {
  const until = Math.ceil(write.untilMs / 1000);
  return signer.sign('own-write', `${write.userId} ${until} ${write.gtids}`);
}

/** The transactions to wait for, or `undefined` if the token is invalid or expired. */
export function openOwnWrite(
  signer: Signer,
  token: string,
  reader: { readonly userId: number; readonly nowMs: number },
): string | undefined {
  const [userId, until, gtids] = signer.open('own-write', token)?.split(' ') ?? [];
  if (userId !== String(reader.userId) || gtids === undefined || Number(until) * 1000 < reader.nowMs) return undefined;
  return gtids === UNKNOWN_WRITE || isGtidSet(gtids) ? gtids : undefined;
}

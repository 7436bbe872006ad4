import type { FastifyReply, FastifyRequest } from 'fastify';
import { isGtidSet, UNKNOWN_WRITE } from '../data/gtid.ts';
import { cookieOf, renderCookie } from '../shop/cookies.ts';
import {
  openOwnWrite,
  openSession,
  OWN_WRITE_COOKIE,
  SESSION_COOKIE,
  SESSION_SECONDS,
  signOwnWrite,
  signSession,
  type Session,
} from '../shop/session.ts';
import type { Signer } from '../shop/token.ts';

/** The client of a request: a session, or an anonymous visitor. */
export interface Visitor {
  readonly session: Session | undefined;
  /** Recent transactions of this session, which it must see. */
  readonly ownWrite: string | undefined;
}

export function visitorOf(request: FastifyRequest, signer: Signer): Visitor {
  const nowMs = Date.now();
  const { cookie } = request.headers;
  const token = cookieOf(cookie, SESSION_COOKIE);
  const session = token === undefined ? undefined : openSession(signer, token, nowMs);
  if (session === undefined) return { session, ownWrite: undefined };
  const ownWrite = cookieOf(cookie, OWN_WRITE_COOKIE);
  return {
    session,
    ownWrite: ownWrite === undefined ? undefined : openOwnWrite(signer, ownWrite, { userId: session.userId, nowMs }),
  };
}

export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  given: { readonly session: Session; readonly signer: Signer },
): void {
  const token = signSession(given.signer, given.session);
  reply.header(
    'set-cookie',
    renderCookie(SESSION_COOKIE, token, { maxAge: SESSION_SECONDS, secure: isSecure(request) }),
  );
}

/** Transactions that a session has just written, and how long its reads must see them. */
interface OwnWrite {
  readonly userId: number;
  /** Empty if they are unknown. */
  readonly gtids: string;
  readonly signer: Signer;
  readonly ownWriteSeconds: number;
}

/** Sets a cookie with the transactions that the client's next reads must wait for. */
export function setOwnWriteCookie(request: FastifyRequest, reply: FastifyReply, given: OwnWrite): void {
  const { userId, signer, ownWriteSeconds } = given;
  // An empty set, or one that is too long for a cookie, counts as unknown.
  const gtids = isGtidSet(given.gtids) ? given.gtids : UNKNOWN_WRITE;
  const token = signOwnWrite(signer, { userId, gtids, untilMs: Date.now() + ownWriteSeconds * 1000 });
  reply.header(
    'set-cookie',
    renderCookie(OWN_WRITE_COOKIE, token, { maxAge: ownWriteSeconds, secure: isSecure(request) }),
  );
}

export function clearCookies(request: FastifyRequest, reply: FastifyReply): void {
  const options = { maxAge: 0, secure: isSecure(request) };
  reply.header(
    'set-cookie',
    [SESSION_COOKIE, OWN_WRITE_COOKIE].map((name) => renderCookie(name, '', options)),
  );
}

/**
 * The edge may cache pages of anonymous visitors briefly, and serve them longer while the origin is slow or down. Responses to a session are
 * never cached.
 */
export function setCaching(reply: FastifyReply, visitor: Visitor): void {
  reply.header('vary', 'cookie');
  reply.header(
    'cache-control',
    visitor.session === undefined ? 'public, max-age=0, s-maxage=5, stale-while-revalidate=30' : 'private, no-store',
  );
}

/** Marks a response that may miss the session's own last write, for integration tests and for debugging. */
export function markStale(reply: FastifyReply, isStale: boolean): void {
  if (isStale) reply.header('x-holdfast-stale', '1');
}

function isSecure(request: FastifyRequest): boolean {
  return request.headers['x-forwarded-proto'] === 'https';
}

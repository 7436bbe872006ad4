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

/** Who asks: a session, or anybody. */
export interface Visitor {
  readonly session: Session | undefined;
  /** Transactions that this session wrote a moment ago and must see. */
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

export function giveSession(
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

/** What a session has just written, and for how long its reads must see it. */
interface OwnWrite {
  readonly userId: number;
  /** Empty when it is not known which transactions these were. */
  readonly gtids: string;
  readonly signer: Signer;
  readonly ownWriteSeconds: number;
}

/** Makes the client carry what its next reads have to wait for. */
export function giveOwnWrite(request: FastifyRequest, reply: FastifyReply, given: OwnWrite): void {
  const { userId, signer, ownWriteSeconds } = given;
  // A set that is empty, or too long for a cookie, cannot be waited for.
  const gtids = isGtidSet(given.gtids) ? given.gtids : UNKNOWN_WRITE;
  const token = signOwnWrite(signer, { userId, gtids, untilMs: Date.now() + ownWriteSeconds * 1000 });
  reply.header(
    'set-cookie',
    renderCookie(OWN_WRITE_COOKIE, token, { maxAge: ownWriteSeconds, secure: isSecure(request) }),
  );
}

export function takeCookies(request: FastifyRequest, reply: FastifyReply): void {
  const options = { maxAge: 0, secure: isSecure(request) };
  reply.header(
    'set-cookie',
    [SESSION_COOKIE, OWN_WRITE_COOKIE].map((name) => renderCookie(name, '', options)),
  );
}

/**
 * Pages for everybody may be kept by the edge for a moment, and shown longer while the origin is slow or gone. What a session sees is
 * nobody else's.
 */
export function setCaching(reply: FastifyReply, visitor: Visitor): void {
  reply.header('vary', 'cookie');
  reply.header(
    'cache-control',
    visitor.session === undefined ? 'public, max-age=0, s-maxage=5, stale-while-revalidate=30' : 'private, no-store',
  );
}

/** For tests of the stack and for people: this answer may lack the session's own last write. */
export function markStale(reply: FastifyReply, isStale: boolean): void {
  if (isStale) reply.header('x-holdfast-stale', '1');
}

function isSecure(request: FastifyRequest): boolean {
  return request.headers['x-forwarded-proto'] === 'https';
}

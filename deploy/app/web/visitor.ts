import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieOf, renderCookie } from '../shop/cookies.ts';
import {
  openOwnWrite,
  openSession,
  OWN_WRITE_COOKIE,
  OWN_WRITE_SECONDS,
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

/** Makes the client carry what its next reads have to wait for. */
export function giveOwnWrite(
  request: FastifyRequest,
  reply: FastifyReply,
  given: { readonly userId: number; readonly gtids: string; readonly signer: Signer },
): void {
  if (given.gtids === '') return;
  const token = signOwnWrite(given.signer, { userId: given.userId, gtids: given.gtids, nowMs: Date.now() });
  reply.header(
    'set-cookie',
    renderCookie(OWN_WRITE_COOKIE, token, { maxAge: OWN_WRITE_SECONDS, secure: isSecure(request) }),
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

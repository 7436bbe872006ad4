import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRILL, PRODUCTION, readerMaxAgeMs, readerStalenessMs } from '../../../model/profile.ts';
import { UNKNOWN_WRITE } from '../data/gtid.ts';
import { MAX_TTL_SECONDS } from './products.ts';
import { openOwnWrite, openSession, ownWriteSeconds, signOwnWrite, signSession, startSession } from './session.ts';
import { makeSigner } from './token.ts';

const signer = makeSigner('one key');
const NOW = Date.UTC(2026, 0, 1);

describe('a signer', () => {
  it('opens its own tokens, only for the same purpose', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string(), fc.string(), (payload, purpose, other) => {
        const token = signer.sign(purpose, payload);
        expect(token).toMatch(/^[\w-]*\.[\w-]+$/);
        expect(signer.open(purpose, token)).toBe(Buffer.from(payload).toString());
        if (other !== purpose) expect(signer.open(other, token)).toBeUndefined();
      }),
    );
  });

  it('rejects a token that was changed anywhere', () => {
    const token = signer.sign('session', '{"userId":1}');
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '-', '_', '.'),
        (index, character) => {
          const forged = token.slice(0, index) + character + token.slice(index + 1);
          if (forged !== token) expect(signer.open('session', forged)).toBeUndefined();
        },
      ),
    );
  });

  it('accepts only one spelling of a token', () => {
    const token = signer.sign('session', '{"userId":1}');
    const [body = '', mac = ''] = token.split('.');
    for (const other of [`${body}=.${mac}`, `${body}.${mac}=`, `${body} .${mac}`, `${body}!.${mac}`, ` ${token}`]) {
      expect(signer.open('session', other)).toBeUndefined();
    }
  });

  it.each(['', '.', 'a', 'a.b.c', 'x'.repeat(5_000)])('rejects malformed text: %j', (text) => {
    expect(signer.open('session', text)).toBeUndefined();
  });

  it('rejects tokens of another key', () => {
    expect(makeSigner('another key').open('session', signer.sign('session', 'x'))).toBeUndefined();
  });
});

describe('a session token', () => {
  const session = startSession(7, NOW);

  it('returns the session until it expires', () => {
    const token = signSession(signer, session);
    expect(openSession(signer, token, NOW)).toEqual(session);
    expect(openSession(signer, token, session.expiresAt * 1000)).toBeUndefined();
  });

  it('is not accepted with an invalid payload or for another purpose', () => {
    expect(openSession(signer, signer.sign('session', '{"userId":"7"}'), NOW)).toBeUndefined();
    expect(openSession(signer, signer.sign('own-write', JSON.stringify(session)), NOW)).toBeUndefined();
    expect(openSession(signer, signer.sign('session', 'a later format'), NOW)).toBeUndefined();
  });

  it('of a release that adds a field is accepted by this one, which may run beside it', () => {
    const token = signer.sign('session', JSON.stringify({ ...session, device: 'phone' }));
    expect(openSession(signer, token, NOW)).toEqual(session);
  });
});

describe('an own-write token', () => {
  const gtids = '3e11fa47-71ca-11e1-9e33-c80aa9429562:5';
  const token = signOwnWrite(signer, { userId: 7, gtids, untilMs: NOW + 30_000 });

  it('returns the transactions only to the same user, until it expires', () => {
    expect(openOwnWrite(signer, token, { userId: 7, nowMs: NOW + 29_000 })).toBe(gtids);
    expect(openOwnWrite(signer, token, { userId: 8, nowMs: NOW })).toBeUndefined();
    expect(openOwnWrite(signer, token, { userId: 7, nowMs: NOW + 31_000 })).toBeUndefined();
  });

  it('preserves an unknown write', () => {
    const unknown = signOwnWrite(signer, { userId: 7, gtids: UNKNOWN_WRITE, untilMs: NOW + 30_000 });
    expect(openOwnWrite(signer, unknown, { userId: 7, nowMs: NOW })).toBe(UNKNOWN_WRITE);
  });

  it.each([DRILL, PRODUCTION])(
    'of the $name profile is valid for longer than reads and cached values may be stale',
    (profile) => {
      const staleMs = profile.role.maxLagMs + readerMaxAgeMs(profile.role) + profile.role.agentCheckMs;
      expect(readerStalenessMs(profile)).toBeGreaterThan(staleMs);
      expect(ownWriteSeconds(readerStalenessMs(profile)) * 1000).toBeGreaterThanOrEqual(
        readerStalenessMs(profile) + MAX_TTL_SECONDS * 1000,
      );
    },
  );

  it('never returns text that is not a GTID set', () => {
    const bad = signOwnWrite(signer, { userId: 7, gtids: "'", untilMs: NOW + 30_000 });
    expect(openOwnWrite(signer, bad, { userId: 7, nowMs: NOW })).toBeUndefined();
  });
});

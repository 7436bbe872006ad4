import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs and verifies short texts that clients store. `purpose` is part of the signature, so that a token for one purpose is invalid for
 * another.
 */
export interface Signer {
  sign(purpose: string, payload: string): string;
  /** The payload, or `undefined` if the token is invalid. */
  open(purpose: string, token: string): string | undefined;
}

/** Longer tokens are invalid; bounds the work of verification. */
const MAX_TOKEN_LENGTH = 2_048;

/** A signer with HMAC-SHA-256 under `key`. */
export function makeSigner(key: string): Signer {
  const macOf = (purpose: string, payload: string): Buffer =>
    createHmac('sha256', key).update(purpose).update('\0').update(payload).digest();
  return {
    sign: (purpose, payload) =>
      `${Buffer.from(payload).toString('base64url')}.${macOf(purpose, payload).toString('base64url')}`,
    open: (purpose, token) => {
      if (token.length > MAX_TOKEN_LENGTH) return undefined;
      const [body, mac, ...rest] = token.split('.');
      if (body === undefined || mac === undefined || rest.length > 0) return undefined;
      const payload = Buffer.from(body, 'base64url').toString();
      const expected = macOf(purpose, payload);
      const given = Buffer.from(mac, 'base64url');
      // Decoding ignores characters that are not base64url, so one token would have many spellings.
      if (Buffer.from(payload).toString('base64url') !== body || given.toString('base64url') !== mac) return undefined;
      return given.length === expected.length && timingSafeEqual(given, expected) ? payload : undefined;
    },
  };
}

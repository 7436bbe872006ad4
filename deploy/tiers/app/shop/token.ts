import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs and checks short texts that clients carry for us. `purpose` is part of the signature, so that a token made for one use is
 * worthless for another.
 */
export interface Signer {
  sign(purpose: string, payload: string): string;
  /** The payload, or `undefined` when the token is not ours. */
  open(purpose: string, token: string): string | undefined;
}

/** Longer ones are not ours; the limit bounds the work of checking. */
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
      // Decoding passes over what is no base64url, so a token could be written in many ways.
      if (Buffer.from(payload).toString('base64url') !== body || given.toString('base64url') !== mac) return undefined;
      return given.length === expected.length && timingSafeEqual(given, expected) ? payload : undefined;
    },
  };
}

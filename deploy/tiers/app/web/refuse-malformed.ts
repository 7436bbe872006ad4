import type { IncomingMessage } from 'node:http';

/** A request that violates HTTP although the parser accepted it. */
export class MalformedRequest extends Error {
  readonly statusCode: 400 | 417;

  constructor(statusCode: 400 | 417, message: string) {
    super(message);
    this.name = 'MalformedRequest';
    this.statusCode = statusCode;
  }
}

/**
 * Throws {@link MalformedRequest} for requests to which Node itself would send an empty response: a missing `Host` (RFC 9112 section 3.2) or an
 * unknown expectation (RFC 9110 section 10.1.1). Also for a second `Host`, which Node silently drops.
 */
export function refuseMalformed({ rawHeaders, headers, httpVersion }: IncomingMessage): void {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1) throw new MalformedRequest(400, 'there is more than one Host header');
  // HTTP/1.0 has neither.
  if (httpVersion === '1.0') return;
  if (hosts === 0) throw new MalformedRequest(400, 'there is no Host header');
  const { expect } = headers;
  if (expect !== undefined && !/^100-continue$/i.test(expect)) {
    throw new MalformedRequest(417, 'the only expectation that can be met is 100-continue');
  }
}

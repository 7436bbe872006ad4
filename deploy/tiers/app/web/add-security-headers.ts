import type { Server, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from '../../../model/security-headers.ts';

const ENTRIES = Object.entries(SECURITY_HEADERS);

/**
 * Sets the security headers on every response of a server. It uses a listener before all others instead of a Fastify hook, because hooks do not
 * run for requests that Fastify rejects.
 */
export function addSecurityHeaders(server: Server): void {
  server.prependListener('request', (_request, response: ServerResponse) => {
    for (const [name, value] of ENTRIES) response.setHeader(name, value);
  });
}

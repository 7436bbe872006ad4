import type { Server, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from '../../../model/security-headers.ts';

const ENTRIES = Object.entries(SECURITY_HEADERS);

/**
 * Puts the security headers on every response of a server. Before any other listener and on the response itself, because a hook of the
 * framework does not run for what the framework refuses.
 */
export function addSecurityHeaders(server: Server): void {
  server.prependListener('request', (_request, response: ServerResponse) => {
    for (const [name, value] of ENTRIES) response.setHeader(name, value);
  });
}

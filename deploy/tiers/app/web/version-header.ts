import type { Server, ServerResponse } from 'node:http';

/** Header with the version of the application that made a response. A cached copy at an edge keeps that of the response that filled the cache. */
export const VERSION_HEADER = 'x-app-version';

/** Sets {@link VERSION_HEADER} on every response, in the same way as the security headers. */
export function addVersionHeader(server: Server, version: string): void {
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.setHeader(VERSION_HEADER, version);
  });
}

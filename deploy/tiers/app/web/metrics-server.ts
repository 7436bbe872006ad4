import { createServer, type Server } from 'node:http';
import type { Metrics } from '../telemetry/metrics.ts';
import { addSecurityHeaders } from './add-security-headers.ts';

/** Serves `/metrics` on a separate listener, independent of the shop's connections and not reachable for its clients. */
export function makeMetricsServer(metrics: Metrics, observe: () => void): Server {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    observe();
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  addSecurityHeaders(server);
  return server;
}

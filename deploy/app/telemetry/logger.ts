import { pino, type Logger } from 'pino';
import { traceFields } from './request-trace.ts';

/**
 * JSON lines on standard output with the ids of the trace. Lifecycle, warnings and errors only: a line for every request is the
 * load balancer's to write, and costs more than the request.
 */
export function makeLogger(host: string, level: string): Logger {
  return pino({
    level,
    base: { host, service: 'shop' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => traceFields(),
    redact: ['req.headers.cookie', 'req.headers.authorization', '*.password', 'error.sql', 'err.sql', 'err.config'],
  });
}

export type { Logger };

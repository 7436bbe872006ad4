import { pino, type Logger, type LoggerOptions } from 'pino';
import { traceFields } from './request-trace.ts';

/**
 * JSON lines on standard output with trace IDs: only lifecycle events, warnings and errors. The load balancer logs requests; a line per request
 * would cost more than the request itself. `send` also gets each line; it must not throw.
 */
export function makeLogger(host: string, level: string, send: (line: string) => void = () => undefined): Logger {
  const output = pino.destination({ fd: 1, sync: true });
  const options: LoggerOptions = {
    level,
    base: { host, service: 'shop' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => traceFields(),
    redact: ['req.headers.cookie', 'req.headers.authorization', '*.password', 'error.sql', 'err.sql', 'err.config'],
  };
  return pino(options, {
    write: (line) => {
      output.write(line);
      send(line);
    },
  });
}

export type { Logger };

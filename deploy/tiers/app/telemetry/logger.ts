import { pino, type Logger, type LoggerOptions } from 'pino';
import { traceFields } from './request-trace.ts';

/**
 * JSON lines on standard output with the ids of the trace. Lifecycle, warnings and errors only: a line for every request is the
 * load balancer's to write, and costs more than the request. `send` gets each line as well; it must not throw.
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

import { parseTraceLogsConfig } from './config.ts';
import { openTraceLogs } from './trace-logs.ts';

/** `node agents/trace-logs/main.ts CONFIG`: runs until SIGTERM or SIGINT. */
const config = parseTraceLogsConfig(process.argv[2] ?? '/etc/holdfast/trace-logs.json');
const log = (line: string): void => {
  console.log(
    JSON.stringify({ time: new Date().toISOString(), service: 'trace-logs', host: config.host, message: line }),
  );
};
const traceLogs = await openTraceLogs(config, log);
log(`lines on ${traceLogs.linesPort}, page on ${traceLogs.pagePort}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void Promise.resolve(traceLogs[Symbol.asyncDispose]()).finally(() => process.exit(0));
  });
}

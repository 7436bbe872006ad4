import { parseLogbookConfig } from './config.ts';
import { openLogbook } from './logbook.ts';

/** `node agents/logbook/main.ts CONFIG`: runs until SIGTERM or SIGINT. */
const config = parseLogbookConfig(process.argv[2] ?? '/etc/holdfast/logbook.json');
const log = (line: string): void => {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'logbook', host: config.host, message: line }));
};
const logbook = await openLogbook(config, log);
log(`lines on ${logbook.linesPort}, page on ${logbook.pagePort}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void Promise.resolve(logbook[Symbol.asyncDispose]()).finally(() => process.exit(0));
  });
}

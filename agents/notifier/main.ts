import { parseNotifierConfig } from './config.ts';
import { openNotifier } from './notifier.ts';

/** `node agents/notifier/main.ts CONFIG`: runs until SIGTERM or SIGINT. */
const config = parseNotifierConfig(process.argv[2] ?? '/etc/holdfast/notifier.json');
const log = (line: string): void => {
  console.log(
    JSON.stringify({ time: new Date().toISOString(), service: 'notifier', host: config.host, message: line }),
  );
};
const notifier = await openNotifier(config, log);
log(`listening on ${notifier.port}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void Promise.resolve(notifier[Symbol.asyncDispose]()).finally(() => process.exit(0));
  });
}

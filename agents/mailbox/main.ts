import { parseMailboxConfig } from './config.ts';
import { openMailbox } from './mailbox.ts';

/** `node agents/mailbox/main.ts CONFIG`: runs until SIGTERM or SIGINT. */
const config = parseMailboxConfig(process.argv[2] ?? '/etc/holdfast/mailbox.json');
const log = (line: string): void => {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'mailbox', host: config.host, message: line }));
};
const mailbox = await openMailbox(config, log);
log(`SMTP on ${mailbox.smtpPort}, page on ${mailbox.pagePort}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void Promise.resolve(mailbox[Symbol.asyncDispose]()).finally(() => process.exit(0));
  });
}

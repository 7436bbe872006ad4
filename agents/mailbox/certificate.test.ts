import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { openTestBench } from '../notifier/testing.ts';

const bench = openTestBench();

/** When the certificate ends that who brings mail is shown, in seconds since 1970. */
async function shownEnd(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const say = async (word: string): Promise<void> => {
    socket.write(`${word}\r\n`);
    while (!/^\d{3} /.test(String((await lines.next()).value)));
  };
  await lines.next();
  await say('EHLO test');
  await say('STARTTLS');
  const secure = connectTls({ socket, rejectUnauthorized: false });
  await once(secure, 'secureConnect');
  const { valid_to: end } = secure.getPeerCertificate();
  secure.destroy();
  return Date.parse(end) / 1000;
}

it('the mailbox tells when the certificate ends that it shows', async () => {
  const { smtpPort, pagePort } = await bench.startMailbox();
  const text = await (await fetch(`http://127.0.0.1:${pagePort}/metrics`)).text();
  const told = Number(/^holdfast_mailbox_certificate_end_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
  expect(told).toBe(await shownEnd(smtpPort));
  expect(told).toBeGreaterThan(Date.now() / 1000);
});

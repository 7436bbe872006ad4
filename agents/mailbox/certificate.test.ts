import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { openTestBench } from '../notifier/testing.ts';

const bench = openTestBench();

/** Expiry of the certificate that the SMTP server presents, in seconds since 1970. */
async function presentedEnd(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const send = async (command: string): Promise<void> => {
    socket.write(`${command}\r\n`);
    while (!/^\d{3} /.test(String((await lines.next()).value)));
  };
  await lines.next();
  await send('EHLO test');
  await send('STARTTLS');
  const secure = connectTls({ socket, rejectUnauthorized: false });
  await once(secure, 'secureConnect');
  const { valid_to: end } = secure.getPeerCertificate();
  secure.destroy();
  return Date.parse(end) / 1000;
}

it('the mailbox exposes the expiry of the certificate that it presents', async () => {
  const { smtpPort, pagePort } = await bench.startMailbox();
  const text = await (await fetch(`http://127.0.0.1:${pagePort}/metrics`)).text();
  const exposed = Number(/^holdfast_mailbox_certificate_end_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
  expect(exposed).toBe(await presentedEnd(smtpPort));
  expect(exposed).toBeGreaterThan(Date.now() / 1000);
});

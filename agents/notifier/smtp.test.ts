import { expect, it } from 'vitest';
import { makeSendMail } from './smtp.ts';

it('an unreadable password file makes the server unreachable, and does not throw', async () => {
  const send = makeSendMail({
    servers: [{ host: '127.0.0.1', port: 9, servername: 'mail1', user: 'notifier' }],
    from: 'notifier@mon1.holdfast.example',
    to: ['oncall@holdfast.example'],
    passwordFile: '/nonexistent/password',
    caFile: '/nonexistent/ca',
    ...{ timeoutMs: 100, deadlineMs: 1_000, elapsed: Date.now, onAttempt: () => undefined },
  });
  const mail = {
    subject: 'a',
    text: 'b',
    html: 'c',
    messageId: '<1@x>',
    references: '<thread@x>',
    headers: {},
    pictures: [],
  };
  expect(await send(mail)).toMatchObject({
    outcome: 'unreachable',
    reason: expect.stringContaining('/nonexistent') as string,
  });
});

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBrowser } from '../../deploy/images/browser/open-browser.ts';
import { mailListSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { PATHS } from '../../kit/paths.ts';
import { fetchJson } from '../../deploy/observe/http.ts';
import { pathOf } from './command.ts';
import { makeDrillAlert } from './drill-alert.ts';
import { runDrill } from './run-drill.ts';

it('the mailbox page shows the chart of a mail', async () => {
  const topology = makeTopology();
  const { mailboxUrl, alertmanagers } = pathOf(topology);
  const [id, startedAtMs] = [`drill-${randomUUID()}`, Date.now()];
  const result = await runDrill({
    alert: makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id }),
    ...{ mailboxUrl, alertmanagers, signal: AbortSignal.timeout(150_000), onStep: () => undefined, deadlineMs: 60_000 },
  });
  expect(result).toMatchObject({ verdict: 'held' });
  const mails = await fetchJson(`${mailboxUrl}/api/messages?since=${startedAtMs - 1_000}`, mailListSchema);
  const mail = mails.find(({ alerts }) => alerts.some(({ drill, status }) => drill === id && status === 'firing'));
  expect(mail).toBeDefined();

  await using page = await openBrowser();
  await page.open(`${mailboxUrl}/`);
  await page.screenshot(join(PATHS.screenshots, 'mailbox.png'));
  await page.evaluate(`document.querySelector('a[href="/mail/${mail?.id}"]').click()`);
  await page.waitFor(`location.pathname === '/mail/${mail?.id}' && document.readyState === 'complete'`);
  await page.screenshot(join(PATHS.screenshots, 'mail.png'));

  // In the frame, the chart must have a size and be fully visible without scrolling.
  const pictures = await page.evaluate(
    `Promise.all([...document.images].map(async (image) => {
      await image.decode();
      const { left, top, right, bottom, width, height } = image.getBoundingClientRect();
      const whole = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      return { drawn: image.naturalWidth > 0 && width > 200 && height > 50, whole, alt: image.alt !== '' };
    }))`,
    'frame',
  );
  expect(pictures).toEqual([{ drawn: true, whole: true, alt: true }]);
});

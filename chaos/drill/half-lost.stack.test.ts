import { expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/topology.ts';
import { openHosts } from '../../kit/hosts.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { pathOf } from './command.ts';
import { makeDrillAlert } from './drill-alert.ts';
import { readDrillMails } from './drill-mails.ts';
import { runDrill } from './run-drill.ts';

const topology = makeTopology();
const hosts = openHosts();
const path = pathOf(topology);
const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);

it('an alert is mailed once, and its end once, though a monitor is gone', async () => {
  const id = `drill-${crypto.randomUUID()}`;
  const sinceMs = Date.now() - 1_000;
  const lost = monitors[0] ?? '';
  try {
    await hosts.kill(lost);
    const result = await runDrill({
      alert: makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id }),
      ...path,
      signal: AbortSignal.timeout(150_000),
      onStep: () => undefined,
      deadlineMs: 60_000,
    });
    expect(result.verdict).toBe('held');
    // That one Alertmanager could not be told is why a second one is there.
    expect(result.reasons.length).toBeGreaterThan(0);
    for (const reason of result.reasons) expect(reason).toContain('did not take it');
  } finally {
    await hosts.start(lost);
  }
  // One that comes back does not tell again what the other one has told.
  await waitForSteady({ topology, hosts }, { deadlineMs: 150_000, signal: AbortSignal.timeout(150_000) });
  const mails = await readDrillMails(path.mailboxUrl, { id, sinceMs });
  expect(mails.map(({ status }) => status)).toEqual(['firing', 'resolved']);
});

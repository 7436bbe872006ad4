import { expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
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

it.each([
  { when: 'from the start', lostAt: undefined },
  { when: 'after it has mailed the alert', lostAt: 'mailed' },
] as const)('an alert has one firing and one resolved mail although a monitor is down $when', async ({ lostAt }) => {
  const id = `drill-${crypto.randomUUID()}`;
  const sinceMs = Date.now() - 1_000;
  const killed: { readonly name: string; readonly done: Promise<void> }[] = [];
  const crash = (name: string): void => {
    killed.push({ name, done: hosts.kill(name) });
  };
  try {
    if (lostAt === undefined) crash(monitors[0] ?? '');
    await Promise.all(killed.map(({ done }) => done));
    const result = await runDrill({
      alert: makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id }),
      ...path,
      signal: AbortSignal.timeout(150_000),
      onStep: ({ name, note }) => {
        // Crash the monitor whose notifier sent the mail: it has the latest state of the alert.
        if (name === lostAt) crash(monitors.find((monitor) => note.includes(monitor)) ?? '');
      },
      deadlineMs: 60_000,
    });
    expect(result.verdict).toBe('held');
    // Expected: one Alertmanager does not accept the alert, and a notifier that cannot reach its peer sends a copy of the mail. An Alertmanager that
    // crashes during the drill may still have accepted the end of the alert.
    if (lostAt === undefined) expect(result.reasons.length).toBeGreaterThan(0);
    for (const reason of result.reasons) expect(reason).toMatch(/did not take it|the mailbox shows it once/);
    expect(killed).toHaveLength(1);
  } finally {
    for (const { name, done } of killed) await done.then(() => hosts.start(name));
  }
  // A notifier that comes back does not mail again what its peer has mailed.
  await waitForSteady({ topology, hosts }, { deadlineMs: 150_000, signal: AbortSignal.timeout(150_000) });
  const mails = await readDrillMails(path.mailboxUrl, { id, sinceMs });
  expect(mails.map(({ status }) => status)).toEqual(['firing', 'resolved']);
});

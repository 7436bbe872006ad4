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
  { when: 'the whole time', lostAt: undefined },
  { when: 'from when it has mailed on', lostAt: 'mailed' },
] as const)('an alert is mailed once, and its end once, though a monitor is gone $when', async ({ lostAt }) => {
  const id = `drill-${crypto.randomUUID()}`;
  const sinceMs = Date.now() - 1_000;
  const killed: { readonly name: string; readonly done: Promise<void> }[] = [];
  const lose = (name: string): void => {
    killed.push({ name, done: hosts.kill(name) });
  };
  try {
    if (lostAt === undefined) lose(monitors[0] ?? '');
    await Promise.all(killed.map(({ done }) => done));
    const result = await runDrill({
      alert: makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id }),
      ...path,
      signal: AbortSignal.timeout(150_000),
      onStep: ({ name, note }) => {
        // The one that is lost is the one that sent the mail and knows it best.
        if (name === lostAt) lose(monitors.find((monitor) => note.includes(monitor)) ?? '');
      },
      deadlineMs: 60_000,
    });
    expect(result.verdict).toBe('held');
    // That one Alertmanager could not be told is why a second one is there; who cannot ask the one that mailed mails the same again.
    // One that dies meanwhile may still have heard of the end.
    if (lostAt === undefined) expect(result.reasons.length).toBeGreaterThan(0);
    for (const reason of result.reasons) expect(reason).toMatch(/did not take it|the mailbox shows it once/);
    expect(killed).toHaveLength(1);
  } finally {
    for (const { name, done } of killed) await done.then(() => hosts.start(name));
  }
  // One that comes back does not tell again what the other one has told.
  await waitForSteady({ topology, hosts }, { deadlineMs: 150_000, signal: AbortSignal.timeout(150_000) });
  const mails = await readDrillMails(path.mailboxUrl, { id, sinceMs });
  expect(mails.map(({ status }) => status)).toEqual(['firing', 'resolved']);
});

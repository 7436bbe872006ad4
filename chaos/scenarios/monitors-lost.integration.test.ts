import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { mailedSince } from './testing.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);
/** The dead man's switch waits for 30 s in this profile, polls every few seconds, and mails. */
const MAILED_WITHIN_MS = 60_000;

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

it('the loss of all monitors causes one firing and one resolved mail, and no other', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
  const sinceMs = Date.now();
  const options = { world, journal: openJournal(PATHS.journal), leaseMs: 180_000 };
  {
    await using faults = new AsyncDisposableStack();
    for (const monitor of monitors) {
      const fault = faults.use(await openFault(hostCrash(monitor), options));
      expect(fault.effect).toMatchObject({ seen: true });
    }
    await waitFor(async () => (await mailedSince(sinceMs)).length > 0, {
      ...{ what: 'the mail about the loss of all monitors', deadlineMs: MAILED_WITHIN_MS, intervalMs: 500 },
    });
  }
  await waitFor(async () => (await mailedSince(sinceMs)).some(({ status }) => status === 'resolved'), {
    ...{ what: 'the resolved mail', deadlineMs: MAILED_WITHIN_MS, intervalMs: 500 },
  });
  // By then, the monitors have sent any mail that they send after their return.
  await waitForSteady(world, { deadlineMs: 150_000, signal: new AbortController().signal });
  expect((await mailedSince(sinceMs)).map(({ alertname, status }) => [alertname, status])).toEqual([
    ['MonitorsSilent', 'firing'],
    ['MonitorsSilent', 'resolved'],
  ]);
});

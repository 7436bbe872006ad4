import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import type { AlertName } from '../../alerts/names.ts';
import type { DeliveredAlert } from '../alert-expectations/alert-contract.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { mailedSince, stopService } from './testing.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const [monitor] = hostsOf(topology, 'monitor') as [Host, Host];
const [, web] = hostsOf(topology, 'web') as [Host, Host];
const faultOptions = { world, journal: openJournal(PATHS.journal), leaseMs: 180_000 };
const steady = (): Promise<void> => waitForSteady(world, { deadlineMs: 150_000, signal: new AbortController().signal });

afterAll(steady);

// Always the same one: its Alertmanager has things to send for some seconds after it is back, and sends them twice where the other one is gone then.
it.each([
  { half: 'one Prometheus', lost: monitor, lose: () => stopService(world, monitor.name, 'prometheus') },
  { half: 'one Alertmanager', lost: monitor, lose: () => stopService(world, monitor.name, 'alertmanager') },
  { half: 'one monitor host', lost: monitor, lose: () => openFault(hostCrash(monitor.name), faultOptions) },
])('with $half gone, what breaks meanwhile is mailed once, and its end once', async ({ lost, lose }) => {
  await steady();
  const sinceMs = Date.now();
  const mailed = (alertname: AlertName, status: DeliveredAlert['status']) =>
    waitFor(
      async () =>
        (await mailedSince(sinceMs)).some((alert) => alert.alertname === alertname && alert.status === status),
      { what: `the mail that ${alertname} is ${status}`, deadlineMs: 60_000, intervalMs: 500 },
    );
  {
    await using _lost = await lose();
    await mailed('MonitorLost', 'firing');
    {
      await using crash = await openFault(hostCrash(web.name), faultOptions);
      expect(crash.effect).toMatchObject({ seen: true });
      await mailed('WebHostLost', 'firing');
    }
    await mailed('WebHostLost', 'resolved');
  }
  await mailed('MonitorLost', 'resolved');
  // What the lost half has still to say when it is back, it has said by then.
  await steady();
  const words = (await mailedSince(sinceMs)).map(({ alertname, status, host }) => [alertname, status, host]);
  // Also that the host that is left has no other: true for as long as it is, which may be too short to be told.
  const redundancy = words.filter(([alertname]) => alertname === 'WebRedundancyLost');
  expect(redundancy.map(([, status]) => status)).toEqual(redundancy.length === 0 ? [] : ['firing', 'resolved']);
  expect(words.filter((word) => !redundancy.includes(word))).toEqual([
    ['MonitorLost', 'firing', lost.name],
    ['WebHostLost', 'firing', web.name],
    ['WebHostLost', 'resolved', web.name],
    ['MonitorLost', 'resolved', lost.name],
  ]);
});

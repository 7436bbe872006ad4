import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import type { AlertName } from '../../alerts/names.ts';
import type { DeliveredAlert } from '../alert-expectations/alert-expectations.ts';
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

// Always the same monitor: for some seconds after its return, its Alertmanager has notifications to send, which are duplicates if the other one is down.
it.each([
  { part: 'one Prometheus', lost: monitor, lose: () => stopService(world, monitor.name, 'prometheus') },
  { part: 'one Alertmanager', lost: monitor, lose: () => stopService(world, monitor.name, 'alertmanager') },
  { part: 'one monitor host', lost: monitor, lose: () => openFault(hostCrash(monitor.name), faultOptions) },
])('with $part down, a new alert has one firing and one resolved mail', async ({ lost, lose }) => {
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
  // By then, the restored part has sent any mail that it sends after its return.
  await steady();
  const notifications = (await mailedSince(sinceMs)).map(({ alertname, status, host }) => [alertname, status, host]);
  // WebRedundancyLost is true while the host is down, which may be too short for a mail.
  const redundancy = notifications.filter(([alertname]) => alertname === 'WebRedundancyLost');
  expect(redundancy.map(([, status]) => status)).toEqual(redundancy.length === 0 ? [] : ['firing', 'resolved']);
  expect(notifications.filter((notification) => !redundancy.includes(notification))).toEqual([
    ['MonitorLost', 'firing', lost.name],
    ['WebHostLost', 'firing', web.name],
    ['WebHostLost', 'resolved', web.name],
    ['MonitorLost', 'resolved', lost.name],
  ]);
});

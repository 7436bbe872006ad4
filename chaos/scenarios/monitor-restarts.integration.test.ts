import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { AlertName } from '../../alerts/names.ts';
import { addressOn, hostsOf, PORTS, makeTopology, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { readFiring } from '../alert-expectations/alert-watch.ts';
import { hostFreeze } from '../faults/host-freeze.ts';
import { processKill } from '../faults/process-kill.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { fetchJson } from '../probes/http.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { mailedSince, stopService } from './testing.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const monitors = hostsOf(topology, 'monitor');
const [, app] = hostsOf(topology, 'app') as [Host, Host];
const [, web] = hostsOf(topology, 'web') as [Host, Host];
const steady = (): Promise<void> => waitForSteady(world, { deadlineMs: 150_000, signal: new AbortController().signal });

afterAll(steady);

/** Ends Prometheus everywhere, and lets nobody start it again before this is disposed of. */
async function stopEveryPrometheus(): Promise<AsyncDisposable> {
  const stopped = new AsyncDisposableStack();
  for (const { name } of monitors) stopped.use(await stopService(world, name, 'prometheus'));
  return stopped;
}

const alertsSchema = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/** Whether an Alertmanager has that alert; of those that are over it says nothing. */
async function hasAlert(monitor: Host, alertname: string): Promise<boolean> {
  const url = `http://${addressOn(monitor, 'ops')}:${PORTS.alertmanager}/api/v2/alerts?filter=alertname%3D${alertname}`;
  return (await fetchJson(url, alertsSchema)).length > 0;
}

/** What was mailed about one alert of a host, in order. */
async function mailedOf(alertname: AlertName, sinceMs: number, host = app): Promise<readonly string[]> {
  const mailed = await mailedSince(sinceMs);
  return mailed
    .filter((alert) => alert.alertname === alertname && alert.host === host.name)
    .map(({ status }) => status);
}

const isSeen = (what: string, probe: () => Promise<boolean>, deadlineMs = 60_000): Promise<unknown> =>
  waitFor(probe, { what, deadlineMs, intervalMs: 500 });
const freeze = (host: Host) =>
  openFault(hostFreeze(host.name), { world, journal: openJournal(PATHS.journal), leaseMs: 240_000 });

it('both Prometheus are down until Alertmanager calls an alert resolved, and started again: it is mailed once, and its end when it is one', async () => {
  await steady();
  const sinceMs = Date.now();
  const everyMonitor = async (probe: (monitor: Host) => Promise<boolean>): Promise<boolean> =>
    (await Promise.all(monitors.map(probe))).every(Boolean);
  {
    await using frozen = await freeze(app);
    expect(frozen.effect).toMatchObject({ seen: true });
    await isSeen('the mail', async () => (await mailedOf('AppHostLost', sinceMs)).length > 0);
    {
      await using _stopped = await stopEveryPrometheus();
      await isSeen('both Alertmanagers to call it resolved', () =>
        everyMonitor(async (monitor) => !(await hasAlert(monitor, 'AppHostLost'))),
      );
    }
    // Nothing that was known is muted: it fires again on both, long before a starting stack would be out of its grace period.
    await isSeen(
      'the alert on both',
      () =>
        everyMonitor(async ({ name }) =>
          (await readFiring(topology, name)).some(({ alertname }) => alertname === 'AppHostLost'),
        ),
      topology.profile.monitoring.startupGraceMs / 2,
    );
    await isSeen('both Alertmanagers to have it again', () =>
      everyMonitor((monitor) => hasAlert(monitor, 'AppHostLost')),
    );
    expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing']);
  }
  await isSeen('its end', async () => (await mailedOf('AppHostLost', sinceMs)).includes('resolved'), 90_000);
  expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing', 'resolved']);
});

it('what mails an alert is killed while it fires, all of it: what was mailed is mailed no more, and what comes then once', async () => {
  await steady();
  const sinceMs = Date.now();
  const chain: readonly (readonly [host: string, service: string])[] = [
    ...monitors.map(({ name }) => [name, 'notifier'] as const),
    ...monitors.map(({ name }) => [name, 'alertmanager'] as const),
    ...hostsOf(topology, 'mail').map(({ name }) => [name, 'mailbox'] as const),
  ];
  {
    await using frozen = await freeze(app);
    expect(frozen.effect).toMatchObject({ seen: true });
    await isSeen('the mail', async () => (await mailedOf('AppHostLost', sinceMs)).length > 0);
    {
      await using kills = new AsyncDisposableStack();
      for (const [host, service] of chain) {
        const options = { world, journal: openJournal(PATHS.journal), leaseMs: 60_000 };
        const kill = kills.use(await openFault(processKill(host, service), options));
        expect(kill.effect).toMatchObject({ seen: true });
      }
    }
    {
      await using other = await freeze(web);
      expect(other.effect).toMatchObject({ seen: true });
      await isSeen('another mail', async () => (await mailedOf('WebHostLost', sinceMs, web)).length > 0);
    }
    await isSeen('its end', async () => (await mailedOf('WebHostLost', sinceMs, web)).includes('resolved'));
    expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing']);
  }
  await isSeen('the end of the first', async () => (await mailedOf('AppHostLost', sinceMs)).includes('resolved'));
  await steady();
  expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing', 'resolved']);
  expect(await mailedOf('WebHostLost', sinceMs, web)).toEqual(['firing', 'resolved']);
});

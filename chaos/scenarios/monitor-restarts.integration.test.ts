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
import { fetchJson } from '../../deploy/observe/http.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { mailedSince, stopService } from './testing.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const monitors = hostsOf(topology, 'monitor');
const [, app] = hostsOf(topology, 'app') as [Host, Host];
const [, web] = hostsOf(topology, 'web') as [Host, Host];
const steady = (): Promise<void> => waitForSteady(world, { deadlineMs: 150_000, signal: new AbortController().signal });

afterAll(steady);

/** Stops Prometheus on all monitors until this is disposed of. */
async function stopEveryPrometheus(): Promise<AsyncDisposable> {
  const stopped = new AsyncDisposableStack();
  for (const { name } of monitors) stopped.use(await stopService(world, name, 'prometheus'));
  return stopped;
}

const alertsSchema = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/** Whether an Alertmanager has this alert as active. Its API does not list resolved alerts. */
async function hasAlert(monitor: Host, alertname: string): Promise<boolean> {
  const url = `http://${addressOn(monitor, 'ops')}:${PORTS.alertmanager}/api/v2/alerts?filter=alertname%3D${alertname}`;
  return (await fetchJson(url, alertsSchema)).length > 0;
}

/** The statuses that were mailed about one alert of a host, in order. */
async function mailedOf(alertname: AlertName, sinceMs: number, host = app): Promise<readonly string[]> {
  const mailed = await mailedSince(sinceMs);
  return mailed
    .filter((alert) => alert.alertname === alertname && alert.host === host.name)
    .map(({ status }) => status);
}

const waitUntil = (what: string, probe: () => Promise<boolean>, deadlineMs = 60_000): Promise<unknown> =>
  waitFor(probe, { what, deadlineMs, intervalMs: 500 });
const freeze = (host: Host) =>
  openFault(hostFreeze(host.name), { world, journal: openJournal(PATHS.journal), leaseMs: 240_000 });

it('an alert is mailed once, and as resolved only at its real end, although both Prometheus servers are down until Alertmanager resolves it', async () => {
  await steady();
  const sinceMs = Date.now();
  const everyMonitor = async (probe: (monitor: Host) => Promise<boolean>): Promise<boolean> =>
    (await Promise.all(monitors.map(probe))).every(Boolean);
  {
    await using frozen = await freeze(app);
    expect(frozen.effect).toMatchObject({ seen: true });
    await waitUntil('the mail', async () => (await mailedOf('AppHostLost', sinceMs)).length > 0);
    {
      await using _stopped = await stopEveryPrometheus();
      await waitUntil('both Alertmanagers to resolve the alert', () =>
        everyMonitor(async (monitor) => !(await hasAlert(monitor, 'AppHostLost'))),
      );
    }
    // The startup grace period does not suppress a known alert: it fires again on both, long before the grace period would end.
    await waitUntil(
      'the alert to fire on both monitors',
      () =>
        everyMonitor(async ({ name }) =>
          (await readFiring(topology, name)).some(({ alertname }) => alertname === 'AppHostLost'),
        ),
      topology.profile.monitoring.startupGraceMs / 2,
    );
    await waitUntil('both Alertmanagers to have the alert again', () =>
      everyMonitor((monitor) => hasAlert(monitor, 'AppHostLost')),
    );
    expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing']);
  }
  await waitUntil(
    'the resolved mail',
    async () => (await mailedOf('AppHostLost', sinceMs)).includes('resolved'),
    90_000,
  );
  expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing', 'resolved']);
});

it('after all processes of alert delivery are killed while an alert fires, it is not mailed again, and a new alert is mailed once', async () => {
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
    await waitUntil('the mail', async () => (await mailedOf('AppHostLost', sinceMs)).length > 0);
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
      await waitUntil(
        'the mail of the new alert',
        async () => (await mailedOf('WebHostLost', sinceMs, web)).length > 0,
      );
    }
    await waitUntil('its resolved mail', async () =>
      (await mailedOf('WebHostLost', sinceMs, web)).includes('resolved'),
    );
    expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing']);
  }
  await waitUntil('the resolved mail of the first alert', async () =>
    (await mailedOf('AppHostLost', sinceMs)).includes('resolved'),
  );
  await steady();
  expect(await mailedOf('AppHostLost', sinceMs)).toEqual(['firing', 'resolved']);
  expect(await mailedOf('WebHostLost', sinceMs, web)).toEqual(['firing', 'resolved']);
});

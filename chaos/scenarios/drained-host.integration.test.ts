import { afterAll, expect, it } from 'vitest';
import { openMembers } from '../../alerts/silences/member.ts';
import { currentSilences, readSilences } from '../../alerts/silences/read-silences.ts';
import { resolvesWithinMs, silenceDrains } from '../../alerts/silences/drain-silences.ts';
import { readDrains } from '../../deploy/change/drains.ts';
import { drainUntilUndrain, undrain, type DrainRollOptions } from '../../deploy/change/maintain.ts';
import { addressOn, hostsOf, makeTopology, PORTS, type Host } from '../../deploy/model/topology.ts';
import type { StackContext } from '../../deploy/observe/observation.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { openPrometheus } from '../../kit/prometheus.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { mailedSince, stopService } from './testing.ts';

const topology = makeTopology();
const world: StackContext = { topology, hosts: openHosts() };
const { signal } = new AbortController();
const [web1, web2] = hostsOf(topology, 'web') as [Host, Host];
const monitors = hostsOf(topology, 'monitor').map((host) =>
  openPrometheus(`http://${addressOn(host, 'ops')}:${PORTS.prometheus}`, { deadlineMs: 5_000 }),
);

const problems: string[] = [];
const options: DrainRollOptions = {
  ...{ context: world, signal, onProgress: () => undefined },
  silenceDrains: async () =>
    silenceDrains(topology, [...(await readDrains(topology)).values()], (line) => problems.push(line)),
};

const steady = (): Promise<void> => waitForSteady(world, { deadlineMs: 180_000, signal });
afterAll(async () => {
  if ((await readDrains(topology)).has(web1.name)) await undrain(options, web1);
  await steady();
}, 240_000);

/** Waits until an alert fires on a Prometheus. */
async function fires(alertname: string): Promise<void> {
  const isFiring = async (): Promise<boolean> =>
    (await Promise.all(monitors.map((monitor) => monitor.alerts())))
      .flat()
      .some(({ labels, state }) => labels['alertname'] === alertname && state === 'firing');
  await waitFor(isFiring, { what: `${alertname} to fire`, deadlineMs: 60_000 });
}

/** Waits until the loss of a web host is mailed. */
async function lossIsMailed(sinceMs: number, host: string): Promise<void> {
  const isMailed = async (): Promise<boolean> =>
    (await mailedSince(sinceMs)).some(
      (one) => one.alertname === 'WebHostLost' && one.host === host && one.status === 'firing',
    );
  await waitFor(isMailed, { what: `a mail about ${host}`, deadlineMs: 90_000 });
}

/** The latest value of a query on every Prometheus. */
async function valuesOf(query: string): Promise<readonly number[]> {
  const results = await Promise.all(monitors.map((monitor) => monitor.query(query)));
  return results.flat().flatMap(({ samples }) => samples.slice(-1).map(([, value]) => value));
}

it('the drain of a host causes no mail, and faults beside it do', async () => {
  await steady();
  const sinceMs = Date.now();
  const until = new Date(sinceMs + 600_000).toISOString();
  await drainUntilUndrain(options, web1, { reason: 'an integration test', until });
  expect(problems).toEqual([]);
  const silences = currentSilences(await readSilences(openMembers(topology, signal)));
  expect(silences.map(({ createdBy, endsAt }) => [createdBy, endsAt])).toEqual([['holdfast drain', until]]);

  await fires('WebRedundancyLost');
  const planned = `maintenance_drain_end_timestamp_seconds{drained="${web1.name}"} * 1000`;
  const ends = monitors.map(() => Date.parse(until)).join();
  await waitFor(async () => (await valuesOf(planned)).map(Math.round).join() === ends, {
    ...{ what: 'the planned end on every monitor', deadlineMs: 30_000 },
  });
  // These mails come later than one about the redundancy would, which is missing until the end.
  {
    await using _stopped = await stopService(world, web1.name, 'nginx');
    await lossIsMailed(sinceMs, web1.name);
  }
  {
    await using _stopped = await stopService(world, web2.name, 'nginx');
    await lossIsMailed(sinceMs, web2.name);
  }
  await undrain(options, web1);
  expect(problems).toEqual([]);
  await steady();
  await waitFor(async () => currentSilences(await readSilences(openMembers(topology, signal))).length === 0, {
    ...{ what: 'the end of the silence', deadlineMs: resolvesWithinMs(topology.profile.monitoring) + 5_000 },
  });
  const names = (await mailedSince(sinceMs)).map(({ alertname }) => alertname);
  expect(names).not.toContain('WebRedundancyLost');
}, 600_000);

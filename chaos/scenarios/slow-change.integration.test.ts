import { expect, it } from 'vitest';
import { openChangeWatch } from '../../alerts/planned-work.ts';
import { placeOrders, waitUntilServed } from '../../deploy/change/testing.ts';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';

const topology = makeTopology();
/** A transaction has several round trips, so that an order takes longer than a second. */
const ROUND_TRIP_MS = 250;

it('the watch of a change notices orders that become slow, and none before', async () => {
  const world = { topology, hosts: openHosts() };
  const apps = hostsOf(topology, 'app').map(({ name }) => name);
  await waitUntilServed(topology);
  const orders = await placeOrders(topology);
  try {
    const watch = await openChangeWatch(topology, 'a test');
    expect(await watch.findHarm()).toBe('');
    await using _slow = await openFault(toxiproxyLatency({ dependency: 'db-write', hosts: apps }, ROUND_TRIP_MS), {
      ...{ world, journal: openJournal(PATHS.journal), leaseMs: 120_000 },
    });
    const harm = await waitFor(async () => (await watch.findHarm()) || undefined, {
      ...{ what: 'harm', deadlineMs: 60_000, intervalMs: 500 },
    });
    expect(harm).toMatch(/requests of the last seconds took longer than 1 s$/);
  } finally {
    await orders.stop();
  }
});

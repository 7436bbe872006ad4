import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { failedCollectors, probe, type Samples } from '../testing.ts';

/** Runs against the deployed stack; leaves it with another cache primary and all replicas connected. */
const hosts = openHosts();
const caches = hostsOf(makeTopology(), 'cache').map(({ name }) => name);

afterAll(async () => {
  for (const name of caches) await hosts.unpause(name);
});

const isPrimary = (samples: Samples): boolean => samples.get('redis_instance_role{role="primary"}') === 1;
const isLinked = (samples: Samples): boolean =>
  [...samples].some(([series, value]) => series.startsWith('redis_master_link_up{') && value === 1);
/** Value of a metric of the only primary that a Sentinel monitors. */
const ofMaster = (samples: Samples, what: string): number | undefined =>
  [...samples].find(([series]) => series.startsWith(`redis_sentinel_master_${what}{`))?.[1];

/** Waits until all hosts agree on one primary, all others replicate from it, and all Sentinels are healthy. */
async function waitForAgreedPrimary(): Promise<{ readonly name: string; readonly epoch: number }> {
  return waitFor(
    async () => {
      const [servers, sentinels] = await Promise.all([
        Promise.all(caches.map((name) => probe('valkey', name))),
        Promise.all(caches.map((name) => probe('sentinel', name))),
      ]);
      const primaries = caches.filter((_name, at) => isPrimary(servers[at] ?? new Map()));
      const [name = ''] = primaries;
      const isAgreed = sentinels.every(
        (one) =>
          one.get(`redis_sentinel_master_primary{master_name="shop",member="${name}"}`) === 1 &&
          ofMaster(one, 'ok_slaves') === caches.length - 1 &&
          ofMaster(one, 'ok_sentinels') === caches.length &&
          ofMaster(one, 'ckquorum_status') === 1,
      );
      const isComplete = primaries.length === 1 && servers.filter(isLinked).length === caches.length - 1 && isAgreed;
      const epochs = sentinels.map((one) => ofMaster(one, 'config_epoch') ?? -1);
      return isComplete && { name, epoch: Math.min(...epochs) };
    },
    { what: 'agreement on one primary with all replicas connected', deadlineMs: 60_000 },
  );
}

it.each(caches)('all collectors of both modules succeed on %s', async (name) => {
  for (const module of ['valkey', 'sentinel']) expect(failedCollectors(await probe(module, name))).toEqual([]);
  const samples = await probe('valkey', name);
  expect(samples.get('redis_up')).toBe(1);
  expect(samples.get('redis_commands_total{cmd="info"}')).toBeGreaterThan(0);
  expect(samples.get('redis_memory_max_bytes')).toBeGreaterThan(samples.get('redis_memory_used_bytes') ?? Infinity);
});

it('a paused Valkey is exposed as down within the scrape timeout, and as a replica after it is unpaused', async () => {
  const { name: primary } = await waitForAgreedPrimary();
  const replica = caches.find((name) => name !== primary) ?? '';
  await hosts.pause(replica);
  const begin = performance.now();
  const [server, sentinel] = await Promise.all([probe('valkey', replica), probe('sentinel', replica)]).finally(() =>
    hosts.unpause(replica),
  );
  expect(performance.now() - begin).toBeLessThan(2_000);
  expect([server.get('redis_up'), sentinel.get('redis_sentinel_up')]).toEqual([0, 0]);
  expect([...server.keys()].filter((series) => series.startsWith('redis_instance_role'))).toEqual([]);
  expect(await waitForAgreedPrimary()).toMatchObject({ name: primary });
});

it('a failover moves the primary role, raises the epoch, and ends with one primary', async () => {
  const before = await waitForAgreedPrimary();
  const others = caches.filter((name) => name !== before.name);
  // Kills the process, not the host: s6 restarts it, and it waits for a new primary.
  const { stdout } = await hosts.exec(before.name, ['s6-svstat', '-o', 'pid', '/etc/s6/valkey']);
  const killed = await hosts.exec(before.name, ['sh', '-c', 'kill -KILL "$1"', 'sh', stdout.trim()]);
  expect(killed.code, killed.stderr).toBe(0);
  const successor = await waitFor(
    async () => {
      const views = await Promise.all(others.map((name) => probe('valkey', name)));
      return others.find((_name, at) => isPrimary(views[at] ?? new Map()));
    },
    { what: 'another primary', deadlineMs: 30_000 },
  );
  expect(successor).not.toBe(before.name);
  // On an overloaded machine the Sentinels may fail over again, so the final primary can be another host.
  const after = await waitForAgreedPrimary();
  expect(after.epoch).toBeGreaterThan(before.epoch);
  const replicas = await Promise.all(caches.filter((name) => name !== after.name).map((name) => probe('valkey', name)));
  for (const samples of replicas) expect(samples.get('redis_instance_role{role="replica"}')).toBe(1);
});

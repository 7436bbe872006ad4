import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { failedCollectors, probe, type Samples } from '../testing.ts';

/** Runs against the deployed stack; leaves it with another cache primary and everything linked. */
const hosts = openHosts();
const caches = hostsOf(makeTopology(), 'cache').map(({ name }) => name);

afterAll(async () => {
  for (const name of caches) await hosts.unpause(name);
});

const isPrimary = (samples: Samples): boolean => samples.get('redis_instance_role{role="primary"}') === 1;
const isLinked = (samples: Samples): boolean =>
  [...samples].some(([series, value]) => series.startsWith('redis_master_link_up{') && value === 1);
/** Of the first, and here only, primary that a sentinel watches. */
const ofMaster = (samples: Samples, what: string): number | undefined =>
  [...samples].find(([series]) => series.startsWith(`redis_sentinel_master_${what}{`))?.[1];

/** The one primary that everybody names, once all others follow it and every sentinel is well. */
async function primaryOfAll(): Promise<{ readonly name: string; readonly epoch: number }> {
  return waitFor(
    async () => {
      const [servers, sentinels] = await Promise.all([
        Promise.all(caches.map((name) => probe('valkey', name))),
        Promise.all(caches.map((name) => probe('sentinel', name))),
      ]);
      const primaries = caches.filter((_name, at) => isPrimary(servers[at] ?? new Map()));
      const [name = ''] = primaries;
      const agreed = sentinels.every(
        (one) =>
          one.get(`redis_sentinel_master_primary{master_name="shop",member="${name}"}`) === 1 &&
          ofMaster(one, 'ok_slaves') === caches.length - 1 &&
          ofMaster(one, 'ok_sentinels') === caches.length &&
          ofMaster(one, 'ckquorum_status') === 1,
      );
      const whole = primaries.length === 1 && servers.filter(isLinked).length === caches.length - 1 && agreed;
      const epochs = sentinels.map((one) => ofMaster(one, 'config_epoch') ?? -1);
      return whole && { name, epoch: Math.min(...epochs) };
    },
    { what: 'one primary, in everybody’s eyes, and all others linked to it', deadlineMs: 60_000 },
  );
}

it.each(caches)('every collector of both modules finds what it asks %s for', async (name) => {
  for (const module of ['valkey', 'sentinel']) expect(failedCollectors(await probe(module, name))).toEqual([]);
  const samples = await probe('valkey', name);
  expect(samples.get('redis_up')).toBe(1);
  expect(samples.get('redis_commands_total{cmd="info"}')).toBeGreaterThan(0);
  expect(samples.get('redis_memory_max_bytes')).toBeGreaterThan(samples.get('redis_memory_used_bytes') ?? Infinity);
});

it('a frozen Valkey is told as down before Prometheus gives up, and as a replica when it goes on', async () => {
  const { name: primary } = await primaryOfAll();
  const replica = caches.find((name) => name !== primary) ?? '';
  await hosts.pause(replica);
  const begin = performance.now();
  const [server, sentinel] = await Promise.all([probe('valkey', replica), probe('sentinel', replica)]).finally(() =>
    hosts.unpause(replica),
  );
  expect(performance.now() - begin).toBeLessThan(2_000);
  expect([server.get('redis_up'), sentinel.get('redis_sentinel_up')]).toEqual([0, 0]);
  expect([...server.keys()].filter((series) => series.startsWith('redis_instance_role'))).toEqual([]);
  expect(await primaryOfAll()).toMatchObject({ name: primary });
});

it('a failover moves the role and raises the epoch, and at its end there is one primary', async () => {
  const before = await primaryOfAll();
  const others = caches.filter((name) => name !== before.name);
  // The process, not the host: the supervisor starts it again, and it waits for its successor.
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
  // On a starved machine the sentinels may lose sight of the new one too; who it is at last is theirs to say.
  const after = await primaryOfAll();
  expect(after.epoch).toBeGreaterThan(before.epoch);
  const replicas = await Promise.all(caches.filter((name) => name !== after.name).map((name) => probe('valkey', name)));
  for (const samples of replicas) expect(samples.get('redis_instance_role{role="replica"}')).toBe(1);
});

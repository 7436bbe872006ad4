import { describe, expect, it } from 'vitest';
import { collect, type Collection } from '../kit/collect.ts';
import type { ValkeyTarget } from './connection.ts';
import { VALKEY_EXPORTER } from './exporter.ts';
import { bulk, startTestServer } from './test-server.ts';

const scrape = (target: ValkeyTarget, deadlineMs = 1_500): Promise<Collection> =>
  collect(VALKEY_EXPORTER, target, { deadlineMs, maxSeries: 1_000, signal: new AbortController().signal });

/** `name{values of labels}` → value. */
function valuesOf({ samples }: Collection): ReadonlyMap<string, number> {
  return new Map(
    samples.flatMap(({ name, labels = {}, value }) =>
      value === undefined ? [] : [[[name, ...Object.values(labels)].join(' '), value] as const],
    ),
  );
}

/** INFO of a running primary of Valkey 8.1.1, shortened. */
const COMMON = [
  '# Server',
  'redis_version:7.2.4',
  'valkey_version:8.1.1',
  'server_mode:standalone',
  'server_time_usec:1795557507359082',
  'uptime_in_seconds:839',
  'connected_clients:9',
  'maxclients:10000',
  'used_memory:1464256',
  'used_memory_human:1.40M',
  'maxmemory:90177536',
  'maxmemory_policy:allkeys-lru',
  'mem_fragmentation_ratio:10.13',
  'rdb_last_bgsave_status:ok',
  'evicted_keys:3',
  'used_cpu_sys:1.672255',
  'cmdstat_get:calls=240,usec=340,usec_per_call=1.42,rejected_calls=0,failed_calls=0',
  'cmdstat_client|setname:calls=6,usec=3,usec_per_call=0.50,rejected_calls=0,failed_calls=0',
  'cmdstat_subscribe:calls=3,usec=32,usec_per_call=10.67,rejected_calls=1,failed_calls=0',
  'db0:keys=12,expires=11,avg_ttl=0',
  'db3:keys=2,expires=0,avg_ttl=0',
];
const PRIMARY = [
  ...COMMON,
  'role:master',
  'connected_slaves:2',
  'slave0:ip=198.18.2.62,port=6379,state=online,offset=306659,lag=0,type=replica',
  'slave1:ip=198.18.2.63,port=6379,state=wait_bgsave,offset=0,lag=4,type=replica',
  'master_repl_offset:306659',
];
const REPLICA = [
  ...COMMON,
  'role:slave',
  'master_host:198.18.2.61',
  'master_port:6379',
  'master_link_status:down',
  'master_last_io_seconds_ago:-1',
  'master_sync_in_progress:0',
  'slave_repl_offset:306000',
  'slave_read_only:1',
  'connected_slaves:0',
  'master_repl_offset:306000',
];
const serving = (info: readonly string[]) => (command: string) =>
  command.startsWith('INFO') ? bulk(info.join('\r\n')) : '+OK\r\n';

describe('a Valkey instance', () => {
  it('that is the primary exposes its role, its replicas and its counters', async () => {
    await using server = await startTestServer(serving(PRIMARY));
    const values = valuesOf(await scrape(server.target));
    expect(Object.fromEntries(values)).toMatchObject({
      redis_up: 1,
      'redis_scrape_collector_success info': 1,
      'redis_instance_role primary': 1,
      'redis_instance_role replica': 0,
      'redis_instance_info master 7.2.4  standalone  allkeys-lru     8.1.1 ': 1,
      redis_start_time_seconds: 1795556668,
      redis_memory_used_bytes: 1464256,
      redis_rdb_last_bgsave_status: 1,
      redis_evicted_keys_total: 3,
      redis_cpu_sys_seconds_total: 1.672255,
      'redis_commands_total get': 240,
      'redis_commands_duration_seconds_total get': 340e-6,
      'redis_commands_total client|setname': 6,
      'redis_commands_total subscribe': 3,
      'redis_commands_rejected_calls_total subscribe': 1,
      'redis_connected_slave_offset_bytes 198.18.2.62 6379 online': 306659,
      'redis_connected_slave_lag_seconds 198.18.2.63 6379 wait_bgsave': 4,
      'redis_db_keys db0': 12,
      'redis_db_keys_expiring db0': 11,
      'redis_db_keys db3': 2,
    });
    expect([...values.keys()].filter((name) => name.startsWith('redis_master_link_up'))).toEqual([]);
    expect(server.commands[0]).toBe('AUTH monitor secret');
  });

  it('that is a replica exposes its link to the primary', async () => {
    await using server = await startTestServer(serving(REPLICA));
    expect(Object.fromEntries(valuesOf(await scrape(server.target)))).toMatchObject({
      'redis_instance_role primary': 0,
      'redis_instance_role replica': 1,
      'redis_master_link_up 198.18.2.61 6379': 0,
      'redis_master_last_io_seconds_ago 198.18.2.61 6379': -1,
      'redis_slave_repl_offset 198.18.2.61 6379': 306000,
      'redis_slave_info 198.18.2.61 6379 1': 1,
    });
  });

  it('that does not listen is exposed as down', async () => {
    const server = await startTestServer(serving(PRIMARY));
    await server[Symbol.asyncDispose]();
    expect(valuesOf(await scrape(server.target)).get('redis_up')).toBe(0);
  });

  it('that hangs is exposed as down after the login deadline, in every scrape', async () => {
    await using server = await startTestServer(() => undefined, 200);
    for (const count of [1, 2]) {
      const begin = performance.now();
      const scraped = await scrape(server.target);
      expect(valuesOf(scraped).get('redis_up'), `scrape ${count}`).toBe(0);
      expect(scraped.failures['open']).toBe('no answer in time');
      expect(performance.now() - begin).toBeLessThan(1_000);
    }
  });

  it('that hangs after the login fails its collector at the scrape deadline', async () => {
    await using server = await startTestServer((command) => (command.startsWith('AUTH') ? '+OK\r\n' : undefined));
    const values = valuesOf(await scrape(server.target, 300));
    expect([values.get('redis_up'), values.get('redis_scrape_collector_success info')]).toEqual([1, 0]);
  });

  it.each([
    ['garbage', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a refusal', '-WRONGPASS invalid username-password pair or user is disabled.\r\n'],
    ['too much', `$9999999\r\n${'x'.repeat(1_100_000)}`],
  ])('that replies to the login with %s is exposed as down', async (_what, reply) => {
    await using server = await startTestServer(() => reply, 2_000);
    expect(valuesOf(await scrape(server.target, 2_500)).get('redis_up')).toBe(0);
  });

  it('that closes the connection during a reply fails its collector at once', async () => {
    await using server = await startTestServer((command, socket) => {
      if (command.startsWith('AUTH')) return '+OK\r\n';
      socket.end('$500\r\n# Server');
      return undefined;
    });
    const { failures } = await scrape(server.target, 20_000);
    expect(failures['info']).toBe('the server closed the connection');
  });

  it('that refuses the login does not leak the password', async () => {
    await using server = await startTestServer(() => '-NOAUTH Authentication required.\r\n');
    expect(JSON.stringify(await scrape(server.target))).not.toContain('secret');
  });
});

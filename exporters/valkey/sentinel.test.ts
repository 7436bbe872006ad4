import { describe, expect, it } from 'vitest';
import { collect } from '../kit/collect.ts';
import { makeSentinelExporter } from './sentinel.ts';
import { bulk, records, startTestServer } from './test-server.ts';

const exporter = makeSentinelExporter(
  new Map([
    ['198.18.2.61', 'cache1'],
    ['198.18.2.62', 'cache2'],
  ]),
);

interface Replies {
  readonly quorum?: string;
  readonly status?: string;
}

/** Replies of a Sentinel of the stack, while another Sentinel is down. */
const sentinel =
  ({ quorum = '+OK 2 usable Sentinels.\r\n', status = 'ok' }: Replies = {}) =>
  (command: string): string =>
    ({
      'INFO server sentinel': bulk(
        `# Server\r\nserver_mode:sentinel\r\n# Sentinel\r\nsentinel_masters:1\r\nsentinel_tilt:0\r\nmaster0:name=shop,status=${status},address=198.18.2.62:6379,slaves=2,sentinels=3`,
      ),
      'SENTINEL MASTERS': records({
        name: 'shop',
        ip: '198.18.2.62',
        port: '6379',
        'config-epoch': '4',
        'last-ok-ping-reply': '812',
        'num-slaves': '2',
        'num-other-sentinels': '2',
        quorum: '2',
      }),
      'SENTINEL REPLICAS shop': records(
        { flags: 'slave', 'master-link-status': 'ok' },
        { flags: 'slave', 'master-link-status': 'err' },
        { flags: 's_down,slave,disconnected', 'master-link-status': 'ok' },
      ),
      'SENTINEL SENTINELS shop': records({ flags: 'sentinel' }, { flags: 's_down,sentinel,disconnected' }),
      'SENTINEL CKQUORUM shop': quorum,
    })[command] ?? '+OK\r\n';

async function scrape(replies: Replies = {}): Promise<{ values: Readonly<Record<string, number>>; failures: object }> {
  await using server = await startTestServer(sentinel(replies));
  const signal = new AbortController().signal;
  const { samples, failures } = await collect(exporter, server.target, { deadlineMs: 1_500, maxSeries: 100, signal });
  const values = samples.map(({ name, labels = {}, value }) => [[name, ...Object.values(labels)].join(' '), value]);
  return { values: Object.fromEntries(values) as Readonly<Record<string, number>>, failures };
}

describe('a Sentinel', () => {
  it('exposes the primary, the epoch and the healthy members', async () => {
    const { values, failures } = await scrape();
    expect(failures).toEqual({});
    expect(values).toMatchObject({
      redis_sentinel_up: 1,
      redis_sentinel_masters: 1,
      redis_sentinel_tilt: 0,
      'redis_sentinel_master_status shop 198.18.2.62:6379 ok': 1,
      'redis_sentinel_master_primary shop cache1': 0,
      'redis_sentinel_master_primary shop cache2': 1,
      'redis_sentinel_master_config_epoch shop 198.18.2.62:6379': 4,
      'redis_sentinel_master_last_ok_ping_reply_seconds shop 198.18.2.62:6379': 0.812,
      'redis_sentinel_master_slaves shop 198.18.2.62:6379': 2,
      'redis_sentinel_master_ok_slaves shop 198.18.2.62:6379': 2,
      'redis_sentinel_master_sentinels shop 198.18.2.62:6379': 3,
      'redis_sentinel_master_ok_sentinels shop 198.18.2.62:6379': 2,
      'redis_sentinel_master_ckquorum_status shop OK 2 usable Sentinels.': 1,
      'redis_sentinel_master_setting_ckquorum shop 198.18.2.62:6379': 2,
    });
  });

  it('exposes 0 and the reason without a quorum, and 0 and the status for an unhealthy primary', async () => {
    const message = 'NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified quorum';
    const { values } = await scrape({ quorum: `-${message}\r\n`, status: 'odown' });
    expect(values[`redis_sentinel_master_ckquorum_status shop ${message}`]).toBe(0);
    const statuses = Object.entries(values).filter(([series]) => series.startsWith('redis_sentinel_master_status '));
    expect(statuses).toEqual([['redis_sentinel_master_status shop 198.18.2.62:6379 odown', 0]]);
  });

  it('that refuses the quorum check fails its collector, because 0 would be wrong', async () => {
    const { values, failures } = await scrape({ quorum: '-NOPERM no permissions\r\n' });
    expect(Object.keys(values).join()).not.toContain('ckquorum_status');
    expect(failures).toHaveProperty('masters', 'NOPERM no permissions');
  });
});

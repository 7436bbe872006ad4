import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SENTINEL } from '../catalog/sentinel.ts';
import { VALKEY } from '../catalog/valkey.ts';
import { differencesFromUpstream, parseExposition } from '../compare-upstream.ts';
import { collect } from '../kit/collect.ts';
import type { Exporter, Sample } from '../kit/exporter.ts';
import type { ValkeySession, ValkeyTarget } from './connection.ts';
import { VALKEY_EXPORTER } from './exporter.ts';
import { makeSentinelExporter } from './sentinel.ts';
import { bulk, records, startTestServer } from './test-server.ts';

/** Samples of a primary, two replicas and three Sentinels of Valkey 8.1.1; one replica and one Sentinel were down. */
const sample = (name: string): string => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8');
const infoOf = (name: string): string => bulk(sample(name).replaceAll('\n', '\r\n'));

async function samplesOf(
  exporter: Exporter<ValkeyTarget, ValkeySession>,
  answer: (command: string) => string,
): Promise<readonly Sample[]> {
  await using server = await startTestServer(answer);
  const signal = new AbortController().signal;
  const { samples, failures } = await collect(exporter, server.target, { deadlineMs: 1_500, maxSeries: 1_000, signal });
  expect(failures).toEqual({});
  return samples.filter(({ name }) => !name.includes('_scrape_')).map(withoutLaterLabels);
}

/** Labels that redis_exporter has since 1.74. */
function withoutLaterLabels(one: Sample): Sample {
  if (one.name !== 'redis_instance_info') return one;
  const { valkey_version, valkey_release_stage, ...labels } = one.labels ?? {};
  expect([valkey_version, valkey_release_stage]).toEqual(['8.1.1', 'ga']);
  return { ...one, labels };
}

it.each(['primary', 'replica'])('exposes the same series as redis_exporter for a %s', async (role) => {
  const upstream = parseExposition(
    // redis_exporter exposes all 16 databases; INFO has only those with keys.
    sample(`upstream-${role}.prom`).replace(/^redis_db_keys\S*\{db="db([1-9]|1\d)"\} 0\n/gm, ''),
  );
  const samples = await samplesOf(VALKEY_EXPORTER, (command) =>
    command.startsWith('INFO') ? infoOf(`${role}.txt`) : '+OK\r\n',
  );
  expect(samples.length).toBeGreaterThan(60);
  const differences = differencesFromUpstream(upstream, samples, {
    // The start time is calculated from the server's clock here, and from the exporter's clock in redis_exporter.
    own: ['redis_instance_role', 'redis_start_time_seconds'],
    metrics: VALKEY,
    ourTypes: [
      'redis_replica_resyncs_full',
      'redis_replica_partial_resync_accepted',
      'redis_replica_partial_resync_denied',
    ],
  });
  expect(differences).toEqual([]);
});

it('exposes the same series as redis_exporter for a Sentinel', async () => {
  type Records = readonly Readonly<Record<string, string>>[];
  const recorded = JSON.parse(sample('sentinel.json')) as {
    readonly masters: Records;
    readonly replicas: Records;
    readonly sentinels: Records;
    readonly ckquorum: string;
  };
  const answers: Readonly<Record<string, string>> = {
    'INFO server sentinel': infoOf('sentinel.txt'),
    'SENTINEL MASTERS': records(...recorded.masters),
    'SENTINEL REPLICAS shop': records(...recorded.replicas),
    'SENTINEL SENTINELS shop': records(...recorded.sentinels),
    'SENTINEL CKQUORUM shop': `${recorded.ckquorum}\r\n`,
  };
  const samples = await samplesOf(makeSentinelExporter(new Map()), (command) => answers[command] ?? '+OK\r\n');
  // redis_exporter does not read the field of Valkey with this value.
  const upstream = sample('upstream-sentinel.prom').replace('redis_mode=""', 'redis_mode="sentinel"');
  const differences = differencesFromUpstream(parseExposition(upstream), samples, {
    // redis_exporter has the last two since 1.80.2.
    own: [
      'redis_sentinel_up',
      'redis_sentinel_master_config_epoch',
      'redis_sentinel_master_last_ok_ping_reply_seconds',
    ],
    metrics: SENTINEL,
  });
  expect(differences).toEqual([]);
});

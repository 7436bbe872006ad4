import { SENTINEL } from '../catalog/sentinel.ts';
import type { Collector, Exporter, NumberSample, Sink } from '../kit/exporter.ts';
import { openValkey, type ValkeySession, type ValkeyTarget } from './connection.ts';
import { emitInstance } from './exporter.ts';
import { numberOf, parseInfo, parseParts } from './parse-info.ts';
import { ReplyError, type Reply } from './resp.ts';

/** Collects from a Sentinel as the user `monitor`. `members`: address of a cache host, as Sentinel knows it → its name. */
export function makeSentinelExporter(members: ReadonlyMap<string, string>): Exporter<ValkeyTarget, ValkeySession> {
  return {
    prefix: 'redis_sentinel',
    metrics: SENTINEL,
    open: openValkey,
    collectors: [INFO, masters(members)],
  };
}

/** Fields of `INFO` → metrics. */
const FIELDS = ['masters', 'tilt', 'running_scripts', 'scripts_queue_length', 'simulate_failure_flags'] as const;

const INFO: Collector<ValkeySession> = {
  name: 'info',
  async collect(session, emit) {
    const text = await session.send('INFO', 'server', 'sentinel');
    if (typeof text !== 'string') throw new Error('the reply to INFO is not a string');
    const info = parseInfo(text);
    emitInstance(info, emit);
    for (const field of FIELDS) {
      const value = numberOf(info.get(`sentinel_${field}`));
      if (value !== undefined) emit({ name: `redis_sentinel_${field}`, value });
    }
    for (const [field, value] of info) {
      if (!/^master\d+$/.test(field)) continue;
      const parts = parseParts(value);
      const master_status = parts.get('status') ?? '';
      const labels = {
        master_name: parts.get('name') ?? '',
        master_address: parts.get('address') ?? '',
        master_status,
      };
      emit({ name: 'redis_sentinel_master_status', labels, value: Number(master_status === 'ok') });
    }
  },
};

function masters(members: ReadonlyMap<string, string>): Collector<ValkeySession> {
  return {
    name: 'masters',
    async collect(session, emit) {
      for (const master of recordsOf(await session.send('SENTINEL', 'MASTERS'))) {
        const name = master.get('name') ?? '';
        emitMaster(master, members, emit);
        const labels = labelsOf(master);
        const replicas = recordsOf(await session.send('SENTINEL', 'REPLICAS', name));
        emit({ name: 'redis_sentinel_master_ok_slaves', labels, value: replicas.filter(isReachable).length });
        const others = recordsOf(await session.send('SENTINEL', 'SENTINELS', name));
        emit({ name: 'redis_sentinel_master_ok_sentinels', labels, value: 1 + others.filter(isReachable).length });
        emit(await readQuorum(session, name));
      }
    },
  };
}

/** Fields of `SENTINEL MASTERS` → metrics and divisors. */
const MASTER_FIELDS: readonly (readonly [field: string, metric: string, divisor: number])[] = [
  ['config-epoch', 'config_epoch', 1],
  ['last-ok-ping-reply', 'last_ok_ping_reply_seconds', 1000],
  ['num-slaves', 'slaves', 1],
  ['quorum', 'setting_ckquorum', 1],
  ['down-after-milliseconds', 'setting_down_after_milliseconds', 1],
  ['failover-timeout', 'setting_failover_timeout', 1],
  ['parallel-syncs', 'setting_parallel_syncs', 1],
];

function emitMaster(master: Fields, members: ReadonlyMap<string, string>, emit: Sink): void {
  const labels = labelsOf(master);
  for (const [field, metric, divisor] of MASTER_FIELDS) {
    const value = numberOf(master.get(field));
    if (value !== undefined) emit({ name: `redis_sentinel_master_${metric}`, labels, value: value / divisor });
  }
  const others = numberOf(master.get('num-other-sentinels'));
  if (others !== undefined) emit({ name: 'redis_sentinel_master_sentinels', labels, value: others + 1 });
  for (const [address, member] of members) {
    const value = Number(master.get('ip') === address);
    emit({ name: 'redis_sentinel_master_primary', labels: { master_name: labels.master_name, member }, value });
  }
}

/** Without a quorum Sentinel replies with the error `NOQUORUM` and a sentence. Any other error fails the collector. */
async function readQuorum(session: ValkeySession, master_name: string): Promise<NumberSample> {
  const name = 'redis_sentinel_master_ckquorum_status';
  try {
    const message = String(await session.send('SENTINEL', 'CKQUORUM', master_name));
    return { name, labels: { master_name, message }, value: 1 };
  } catch (error) {
    if (!(error instanceof ReplyError && error.message.startsWith('NOQUORUM'))) throw error;
    return { name, labels: { master_name, message: error.message }, value: 0 };
  }
}

function labelsOf(master: Fields): { readonly master_name: string; readonly master_address: string } {
  const of = (field: string): string => master.get(field) ?? '';
  return { master_name: of('name'), master_address: `${of('ip')}:${of('port')}` };
}

type Fields = ReadonlyMap<string, string>;

/** Parses a list of records; each record is a flat list of alternating names and values. */
function recordsOf(reply: Reply): readonly Fields[] {
  if (!Array.isArray(reply)) throw new Error('the reply of Sentinel is not a list');
  return (reply as readonly Reply[]).map((one) => {
    const words = Array.isArray(one) ? (one as readonly Reply[]).map(String) : [];
    return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])));
  });
}

/** Not down, subjectively or objectively, as redis_exporter counts. */
function isReachable(fields: Fields): boolean {
  return !/[so]_down/.test(fields.get('flags') ?? 's_down');
}

import { VALKEY } from '../catalog/valkey.ts';
import type { Exporter, Sink } from '../kit/exporter.ts';
import { openValkey, type ValkeySession, type ValkeyTarget } from './connection.ts';
import { COMMAND_PARTS, FIELDS, INSTANCE_FIELDS, REPLICA_FIELDS } from './info-fields.ts';
import { numberOf, parseInfo, parseParts } from './parse-info.ts';

/** Collects from a Valkey instance as the user `monitor`, who may only run `INFO`. */
export const VALKEY_EXPORTER: Exporter<ValkeyTarget, ValkeySession> = {
  prefix: 'redis',
  metrics: VALKEY,
  open: openValkey,
  collectors: [{ name: 'info', collect: collectInfo }],
};

/** Listed by name: a plain `INFO` lacks the commands, and `everything` adds a dozen fields for each module. */
const SECTIONS = [
  'server',
  'clients',
  'memory',
  'persistence',
  'stats',
  'replication',
  'cpu',
  'commandstats',
  'keyspace',
];

async function collectInfo(session: ValkeySession, emit: Sink): Promise<void> {
  const text = await session.send('INFO', ...SECTIONS);
  if (typeof text !== 'string') throw new Error('the reply to INFO is not a string');
  emitInfo(parseInfo(text), emit);
}

type Info = ReadonlyMap<string, string>;

/** Emits all samples of an `INFO` reply. */
export function emitInfo(info: Info, emit: Sink): void {
  for (const [field, { metric }] of Object.entries(FIELDS)) emitNumber(emit, { name: metric }, info.get(field));
  emitServer(info, emit);
  emitReplication(info, emit);
  emitCommands(info, emit);
  emitKeys(info, emit);
}

/** `INFO` lacks databases without keys; the first one is always emitted. */
function emitKeys(info: Info, emit: Sink): void {
  const databases = new Map([['db0', ''], ...[...info].filter(([field]) => /^db\d+$/.test(field))]);
  for (const [db, value] of databases) {
    const keys = parseParts(value);
    emit({ name: 'redis_db_keys', labels: { db }, value: Number(keys.get('keys') ?? 0) });
    emit({ name: 'redis_db_keys_expiring', labels: { db }, value: Number(keys.get('expires') ?? 0) });
  }
}

function emitServer(info: Info, emit: Sink): void {
  emitInstance(info, emit);
  const [now, uptime] = [info.get('server_time_usec'), info.get('uptime_in_seconds')];
  if (now !== undefined && uptime !== undefined) {
    emit({ name: 'redis_start_time_seconds', value: Math.round(Number(now) / 1e6) - Number(uptime) });
  }
}

/** Emits the identity of an instance as labels. An empty label, such as the role of a Sentinel, equals a missing one to Prometheus. */
export function emitInstance(info: Info, emit: Sink): void {
  const labels = Object.fromEntries(INSTANCE_FIELDS.map((field) => [field, info.get(field) ?? '']));
  // Valkey names this field `server_mode`; redis_exporter does not read that and leaves the label empty.
  emit({
    name: 'redis_instance_info',
    labels: { ...labels, redis_mode: info.get('redis_mode') ?? info.get('server_mode') ?? '' },
    value: 1,
  });
}

function emitReplication(info: Info, emit: Sink): void {
  const isPrimary = info.get('role') === 'master';
  emit({ name: 'redis_instance_role', labels: { role: 'primary' }, value: Number(isPrimary) });
  emit({ name: 'redis_instance_role', labels: { role: 'replica' }, value: Number(info.get('role') === 'slave') });
  if (isPrimary) emitReplicas(info, emit);
  else {
    const labels = { master_host: info.get('master_host') ?? '', master_port: info.get('master_port') ?? '' };
    for (const [field, { metric }] of Object.entries(REPLICA_FIELDS))
      emitNumber(emit, { name: metric, labels }, info.get(field));
    const read_only = info.get('slave_read_only') ?? '';
    emit({ name: 'redis_slave_info', labels: { ...labels, read_only }, value: 1 });
  }
}

function emitReplicas(info: Info, emit: Sink): void {
  for (const [field, value] of info) {
    if (!/^slave\d+$/.test(field)) continue;
    const parts = parseParts(value);
    const labels = {
      slave_ip: parts.get('ip') ?? '',
      slave_port: parts.get('port') ?? '',
      slave_state: parts.get('state') ?? '',
    };
    emitNumber(emit, { name: 'redis_connected_slave_offset_bytes', labels }, parts.get('offset'));
    emitNumber(emit, { name: 'redis_connected_slave_lag_seconds', labels }, parts.get('lag'));
  }
}

/** Emits counters by command and subcommand; `INFO` lacks commands that were never called. */
function emitCommands(info: Info, emit: Sink): void {
  for (const [field, value] of info) {
    const cmd = /^cmdstat_(.*)$/.exec(field)?.[1];
    if (cmd === undefined) continue;
    const parts = parseParts(value);
    for (const [part, { metric, divisor }] of Object.entries(COMMAND_PARTS))
      emit({ name: metric, labels: { cmd }, value: Number(parts.get(part) ?? 0) / divisor });
  }
}

/** Emits a field that exists; a missing one has no sample, because 0 would be ambiguous. */
function emitNumber(
  emit: Sink,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  text: string | undefined,
): void {
  const value = numberOf(text);
  if (value !== undefined) emit({ ...series, value });
}

import { VALKEY } from '../catalog/valkey.ts';
import type { Exporter, Sink } from '../kit/exporter.ts';
import { openValkey, type ValkeySession, type ValkeyTarget } from './connection.ts';
import { COMMAND_PARTS, COMMANDS, FIELDS, OTHER_COMMANDS, REPLICA_FIELDS } from './info-fields.ts';
import { numberOf, parseInfo, parseParts } from './parse-info.ts';

/** Looks at a Valkey as the user `monitor`, who may ask for `INFO` and nothing else. */
export const VALKEY_EXPORTER: Exporter<ValkeyTarget, ValkeySession> = {
  prefix: 'redis',
  metrics: VALKEY,
  open: openValkey,
  collectors: [{ name: 'info', collect: collectInfo }],
};

/** By name: a plain `INFO` leaves the commands out, and `everything` has a dozen fields for each module. */
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
  const text = await session.ask('INFO', ...SECTIONS);
  if (typeof text !== 'string') throw new Error('INFO is no text');
  emitInfo(parseInfo(text), emit);
}

type Info = ReadonlyMap<string, string>;

/** Everything that an `INFO` says, as samples. */
export function emitInfo(info: Info, emit: Sink): void {
  for (const [field, { metric }] of Object.entries(FIELDS)) emitNumber(emit, { name: metric }, info.get(field));
  emitServer(info, emit);
  emitReplication(info, emit);
  emitCommands(info, emit);
  const keys = parseParts(info.get('db0') ?? '');
  emit({ name: 'redis_db_keys', labels: { db: 'db0' }, value: Number(keys.get('keys') ?? 0) });
  emit({ name: 'redis_db_keys_expiring', labels: { db: 'db0' }, value: Number(keys.get('expires') ?? 0) });
}

function emitServer(info: Info, emit: Sink): void {
  const of = (field: string): string => info.get(field) ?? 'unknown';
  const labels = {
    redis_version: of('redis_version'),
    valkey_version: of('valkey_version'),
    maxmemory_policy: of('maxmemory_policy'),
  };
  emit({ name: 'redis_instance_info', labels, value: 1 });
  const [now, uptime] = [info.get('server_time_usec'), info.get('uptime_in_seconds')];
  if (now !== undefined && uptime !== undefined) {
    emit({ name: 'redis_start_time_seconds', value: Math.round(Number(now) / 1e6) - Number(uptime) });
  }
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

/** Calls by command; a command that was never called is 0, and one that nobody here uses is one of `other`. */
function emitCommands(info: Info, emit: Sink): void {
  const known: readonly string[] = COMMANDS;
  const stats = [...info].flatMap(([field, value]) => {
    const name = /^cmdstat_(.*)$/.exec(field)?.[1];
    return name === undefined ? [] : [{ cmd: known.includes(name) ? name : OTHER_COMMANDS, parts: parseParts(value) }];
  });
  for (const cmd of [...COMMANDS, OTHER_COMMANDS]) {
    const own = stats.filter((one) => one.cmd === cmd);
    for (const [part, { metric, divisor }] of Object.entries(COMMAND_PARTS)) {
      const sum = own.reduce((total, { parts }) => total + Number(parts.get(part) ?? 0), 0);
      emit({ name: metric, labels: { cmd }, value: sum / divisor });
    }
  }
}

/** A value that is no number is not shown: nobody could tell what 0 meant. */
function emitNumber(
  emit: Sink,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  text: string | undefined,
): void {
  const value = numberOf(text);
  if (value !== undefined) emit({ ...series, value });
}

import { MYSQL } from '../catalog/mysql.ts';
import type { Collector, Exporter } from '../kit/exporter.ts';
import { MEMBER_STATES } from '../catalog/member-states.ts';
import { decideQuorumMargin } from './quorum-margin.ts';
import { APPLIER } from './applier.ts';
import { emitNumber, text } from './emit.ts';
import { INNODB_METRICS } from './innodb-metrics.ts';
import type { MysqlSession, MysqlTarget } from './session.ts';
import { STATUS, STATUS_GROUPS, VARIABLES, type StatusGroup } from './status-variables.ts';

/** Address of a database node → its name in the topology. */
export type MemberNames = ReadonlyMap<string, string>;

type Open = Exporter<MysqlTarget, MysqlSession>['open'];

/** Collects from a database node with the account `monitor`, which can read the server's status but no user data. */
export function makeMysqlExporter(names: MemberNames, open: Open): Exporter<MysqlTarget, MysqlSession> {
  return {
    prefix: 'mysql',
    metrics: MYSQL,
    open,
    collectors: [GLOBAL_STATUS, GLOBAL_VARIABLES, INNODB_METRICS, groupMembers(names), GROUP_STATS, APPLIER],
  };
}

const STATUS_NAMES = [
  ...Object.keys(STATUS),
  ...Object.values(STATUS_GROUPS).flatMap(({ prefix, values }) =>
    'atMost' in values ? [] : values.map((value) => `${prefix}${value}`),
  ),
];
const STATUS_PATTERNS = Object.values(STATUS_GROUPS).flatMap(({ prefix, values, ending = '' }) =>
  'atMost' in values ? [`${prefix}%${ending}`] : [],
);

const GLOBAL_STATUS: Collector<MysqlSession> = {
  name: 'global_status',
  async collect(session, emit) {
    const values = await readVariables(session, 'STATUS', { names: STATUS_NAMES, patterns: STATUS_PATTERNS });
    for (const [name, { metric }] of Object.entries(STATUS))
      emitNumber(emit, { name: metric }, values.get(name.toLowerCase()));
    for (const [name, group] of Object.entries(STATUS_GROUPS)) {
      for (const kind of kindsOf(group, values.keys()))
        emitNumber(emit, { name, labels: { [group.label]: kind } }, values.get(`${group.prefix}${kind}`.toLowerCase()));
    }
  },
};

function kindsOf({ prefix, values, ending = '' }: StatusGroup, names: Iterable<string>): readonly string[] {
  if (!('atMost' in values)) return values;
  const start = prefix.toLowerCase();
  return [...names]
    .filter((name) => name.startsWith(start) && name.endsWith(ending))
    .map((name) => name.slice(start.length));
}

const VERSION_VARIABLES = ['innodb_version', 'version', 'version_comment'] as const;

const GLOBAL_VARIABLES: Collector<MysqlSession> = {
  name: 'global_variables',
  async collect(session, emit) {
    const values = await readVariables(session, 'VARIABLES', {
      names: [...Object.keys(VARIABLES), ...VERSION_VARIABLES],
    });
    for (const [name, { metric }] of Object.entries(VARIABLES)) emitNumber(emit, { name: metric }, values.get(name));
    const labels = Object.fromEntries(VERSION_VARIABLES.map((name) => [name, values.get(name) ?? 'unknown']));
    emit({ name: 'mysql_version_info', labels, value: 1 });
  },
};

function groupMembers(names: MemberNames): Collector<MysqlSession> {
  return {
    name: 'group_members',
    async collect(session, emit) {
      const rows = await session.query(
        'SELECT MEMBER_HOST AS host, MEMBER_STATE AS state, MEMBER_ROLE AS role FROM performance_schema.replication_group_members',
      );
      // A node in no group shows one row: itself, OFFLINE or in ERROR, without a role and sometimes without an address.
      const members = rows.filter((row) => names.has(text(row, 'host')));
      for (const row of members) {
        const member = names.get(text(row, 'host')) ?? '';
        for (const state of MEMBER_STATES) {
          const value = Number(text(row, 'state') === state);
          emit({ name: 'mysql_group_replication_member_state', labels: { member, state }, value });
        }
        const value = Number(text(row, 'role') === 'PRIMARY');
        emit({ name: 'mysql_group_replication_member_primary', labels: { member }, value });
      }
      const states = members.map((row) => text(row, 'state'));
      const isInGroup = states.some((state) => state === 'ONLINE' || state === 'RECOVERING');
      emit({ name: 'mysql_group_replication_members', value: isInGroup ? states.length : 0 });
      emit({ name: 'mysql_group_replication_quorum_margin', value: decideQuorumMargin(states) });
    },
  };
}

/** Columns of `replication_group_member_stats`, by mysqld_exporter's names. */
const STATS: Readonly<Record<string, string>> = {
  COUNT_TRANSACTIONS_IN_QUEUE: 'mysql_perf_schema_transactions_in_queue',
  COUNT_TRANSACTIONS_CHECKED: 'mysql_perf_schema_transactions_checked_total',
  COUNT_CONFLICTS_DETECTED: 'mysql_perf_schema_conflicts_detected_total',
  COUNT_TRANSACTIONS_ROWS_VALIDATING: 'mysql_perf_schema_transactions_rows_validating_total',
  COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE: 'mysql_perf_schema_transactions_remote_in_applier_queue',
  COUNT_TRANSACTIONS_REMOTE_APPLIED: 'mysql_perf_schema_transactions_remote_applied_total',
  COUNT_TRANSACTIONS_LOCAL_PROPOSED: 'mysql_perf_schema_transactions_local_proposed_total',
  COUNT_TRANSACTIONS_LOCAL_ROLLBACK: 'mysql_perf_schema_transactions_local_rollback_total',
};

const GROUP_STATS: Collector<MysqlSession> = {
  name: 'group_stats',
  async collect(session, emit) {
    const columns = Object.keys(STATS).join(', ');
    const [row] = await session.query(
      `SELECT ${columns} FROM performance_schema.replication_group_member_stats WHERE MEMBER_ID = @@server_uuid`,
    );
    // A node in no group has no row.
    if (row === undefined) return;
    for (const [column, name] of Object.entries(STATS)) emitNumber(emit, { name }, String(row[column]));
  },
};

/** Uses SHOW, because `performance_schema.global_status` lacks the counters of statements by kind (`Com_…`). */
async function readVariables(
  session: MysqlSession,
  what: 'STATUS' | 'VARIABLES',
  { names, patterns = [] }: { readonly names: readonly string[]; readonly patterns?: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const list = names.map((name) => `'${name}'`).join(', ');
  const like = patterns.map((pattern) => ` OR Variable_name LIKE '${pattern.replaceAll('_', '\\_')}'`).join('');
  const rows = await session.query(`SHOW GLOBAL ${what} WHERE Variable_name IN (${list})${like}`);
  return new Map(rows.map((row) => [text(row, 'Variable_name').toLowerCase(), text(row, 'Value')]));
}

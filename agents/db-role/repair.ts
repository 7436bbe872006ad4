import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';
import type { RepairDecision, NodeRepair } from './decide-repair.ts';
import { openMysqlConnection, type MysqlLogin, type MysqlConnection } from '../../kit/mysql-connection.ts';
import { isMajority } from './node-view.ts';
import type { Node, Settings } from './settings.ts';

export type RepairKind = 'join' | 'rejoin' | 'bootstrap';

interface RepairerOptions {
  readonly settings: Settings;
  readonly login: MysqlLogin;
  /** Returns the decision from the newest reports. */
  readonly decide: () => RepairDecision;
  /** When the oldest answer in use was requested (same clock as the reports). */
  readonly oldestAnswerMs: () => number;
  /** Number of ONLINE group members, from the newest reports. */
  readonly membersOnline: () => number;
  readonly onRepair: (kind: RepairKind, host: string, error: string | undefined) => void;
}

/** Carries out repairs, one at a time per node. Never throws: a failure is reported, and the next decision retries. */
export interface Repairer {
  readonly apply: (decision: RepairDecision) => void;
}

const LOGIN_MS = 2_000;
const STATEMENT_MS = 2_000;
/** STOP waits for the applier (group_replication_components_stop_timeout), START for the response of the group. */
const GROUP_STATEMENT_MS = 60_000;
/** Maximum time for a second member to join a new group, until the locks are released for the other agent. */
const FORMING_MS = 60_000;
const FORM_LOCK = 'holdfast_bootstrap';
const REPAIR_LOCK = 'holdfast_mend';

export function createRepairer(options: RepairerOptions): Repairer {
  const busy = new Set<string>();
  const run = (key: string, work: () => Promise<void>): void => {
    if (busy.has(key)) return;
    busy.add(key);
    void work().finally(() => busy.delete(key));
  };
  return {
    apply(decision) {
      for (const repair of decision.nodes) {
        if (repair.kind !== 'diverged') run(repair.host, () => rejoinGroup(options, repair));
      }
      const { bootstrap } = decision;
      if (bootstrap.kind === 'bootstrap') run('bootstrap', () => formGroup(options, bootstrap.host));
    },
  };
}

/** Joins a node to the group, under a lock on that node: without it, the STOP of one agent could interrupt the START of the other. */
async function rejoinGroup(
  options: RepairerOptions,
  repair: NodeRepair & { readonly kind: 'join' | 'rejoin' },
): Promise<void> {
  const { settings, onRepair } = options;
  try {
    using connection = await openMysqlConnection(nodeOf(settings, repair.host), options.login, LOGIN_MS);
    if (!(await takeLock(connection, REPAIR_LOCK)) || !(await isOutsideGroup(connection))) return;
    // Left over if an agent crashed while it formed a group. The node would form a second group instead of joining.
    await connection.query('SET GLOBAL group_replication_bootstrap_group = OFF', STATEMENT_MS);
    if (repair.kind === 'rejoin') await connection.query('STOP GROUP_REPLICATION', GROUP_STATEMENT_MS);
    await connection.query('START GROUP_REPLICATION', GROUP_STATEMENT_MS);
    onRepair(repair.kind, repair.host, undefined);
  } catch (error) {
    onRepair(repair.kind, repair.host, messageOf(error));
    await sleep(settings.repairAfterMs);
  }
}

/** Forms a group under locks on a majority of all nodes, and holds them until the group has a second member. */
async function formGroup(options: RepairerOptions, host: string): Promise<void> {
  const { settings, onRepair } = options;
  const lockHolders = new Map<string, MysqlConnection>();
  using cleanup = new DisposableStack();
  try {
    await Promise.all(
      settings.nodes.map(async (node) => {
        const connection = await openMysqlConnection(node, options.login, LOGIN_MS).catch(() => undefined);
        if (connection === undefined) return;
        cleanup.use(connection);
        if (await takeLock(connection, FORM_LOCK).catch(() => false)) lockHolders.set(node.name, connection);
      }),
    );
    const candidate = lockHolders.get(host);
    if (candidate === undefined || !holdsMajority(lockHolders, settings)) {
      // Both agents try at the same time: back off for a random time, so that one of them gets all locks.
      cleanup.dispose();
      await sleep(settings.intervalMs + Math.random() * 4 * settings.intervalMs);
      return;
    }
    if (
      !(await isStillDecided(options, host)) ||
      !holdsMajority(lockHolders, settings) ||
      !(await isOutsideGroup(candidate))
    )
      return;
    await bootstrap(candidate);
    onRepair('bootstrap', host, undefined);
    await holdLocksUntilFormed(options, lockHolders);
  } catch (error) {
    onRepair('bootstrap', host, messageOf(error));
    cleanup.dispose();
    await sleep(settings.repairAfterMs);
  }
}

function holdsMajority(lockHolders: ReadonlyMap<string, MysqlConnection>, settings: Settings): boolean {
  const open = [...lockHolders.values()].filter((connection) => !connection.closed);
  return isMajority(open.length, settings.nodes.length);
}

/** The decision was made before the locks were held. It must be the same with answers that were requested afterwards. */
async function isStillDecided(options: RepairerOptions, host: string): Promise<boolean> {
  const lockedAtMs = performance.now();
  const deadlineMs = lockedAtMs + 4 * options.settings.timeoutMs;
  while (options.oldestAnswerMs() <= lockedAtMs) {
    if (performance.now() > deadlineMs) return false;
    await sleep(options.settings.intervalMs / 5);
  }
  const decided = options.decide().bootstrap;
  return decided.kind === 'bootstrap' && decided.host === host;
}

async function bootstrap(candidate: MysqlConnection): Promise<void> {
  await candidate.query('STOP GROUP_REPLICATION', GROUP_STATEMENT_MS);
  await candidate.query('SET GLOBAL group_replication_bootstrap_group = ON', STATEMENT_MS);
  try {
    await candidate.query('START GROUP_REPLICATION', GROUP_STATEMENT_MS);
  } finally {
    await candidate.query('SET GLOBAL group_replication_bootstrap_group = OFF', STATEMENT_MS);
  }
}

async function holdLocksUntilFormed(
  options: RepairerOptions,
  lockHolders: ReadonlyMap<string, MysqlConnection>,
): Promise<void> {
  const deadlineMs = performance.now() + FORMING_MS;
  while (performance.now() < deadlineMs && options.membersOnline() < 2) {
    await sleep(options.settings.intervalMs);
    await Promise.all([...lockHolders.values()].map((one) => one.query('DO 0', STATEMENT_MS).catch(() => undefined)));
  }
}

/**
 * Takes a lock for the session, with a `wait_timeout`. The lock of a crashed agent must expire, but must outlast STOP and START on the
 * candidate, during which the other sessions are idle.
 */
async function takeLock(connection: MysqlConnection, name: string): Promise<boolean> {
  await connection.query(`SET SESSION wait_timeout = ${(3 * GROUP_STATEMENT_MS) / 1_000}`, STATEMENT_MS);
  const [row] = await connection.query(`SELECT GET_LOCK('${name}', 0) AS held`, STATEMENT_MS);
  return String(row?.['held']) === '1';
}

async function isOutsideGroup(connection: MysqlConnection): Promise<boolean> {
  const [row] = await connection.query(
    "SELECT COUNT(*) AS active FROM performance_schema.replication_group_members WHERE MEMBER_STATE IN ('ONLINE', 'RECOVERING', 'UNREACHABLE')",
    STATEMENT_MS,
  );
  return String(row?.['active']) === '0';
}

function nodeOf(settings: Settings, name: string): Node {
  const node = settings.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`${name} is not a database node`);
  return node;
}

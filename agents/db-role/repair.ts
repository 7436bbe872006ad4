import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';
import type { MendDecision, NodeMend } from './decide-repair.ts';
import { openMysqlConnection, type MysqlLogin, type MysqlConnection } from '../../kit/mysql-connection.ts';
import { isMajority } from './node-view.ts';
import type { Node, Settings } from './settings.ts';

export type MendKind = 'join' | 'rejoin' | 'bootstrap';

interface MenderOptions {
  readonly settings: Settings;
  readonly login: MysqlLogin;
  /** What is decided now, from the newest reports. */
  readonly decide: () => MendDecision;
  /** When the oldest answer of those that are used was asked (same clock as the reports'). */
  readonly knownSinceMs: () => number;
  /** Members of the group that are ONLINE, as seen now. */
  readonly membersOnline: () => number;
  readonly onMend: (kind: MendKind, host: string, error: string | undefined) => void;
}

/** Carries decisions out, one at a time per node. Never throws: what failed is told and decided anew. */
export interface Mender {
  readonly carryOut: (decision: MendDecision) => void;
}

const LOGIN_MS = 2_000;
const STATEMENT_MS = 2_000;
/** STOP waits for the applier (group_replication_components_stop_timeout), START for the group's answer. */
const GROUP_STATEMENT_MS = 60_000;
/** How long a new group may take to get its second member before the other agent may have a say again. */
const FORMING_MS = 60_000;
const FORM_LOCK = 'holdfast_bootstrap';
const MEND_LOCK = 'holdfast_mend';

export function createMender(options: MenderOptions): Mender {
  const busy = new Set<string>();
  const run = (key: string, work: () => Promise<void>): void => {
    if (busy.has(key)) return;
    busy.add(key);
    void work().finally(() => busy.delete(key));
  };
  return {
    carryOut(decision) {
      for (const mend of decision.nodes) {
        if (mend.kind !== 'diverged') run(mend.host, () => leadBack(options, mend));
      }
      const { bootstrap } = decision;
      if (bootstrap.kind === 'bootstrap') run('bootstrap', () => form(options, bootstrap.host));
    },
  };
}

/** Joins a node that is out, under a lock on that node, so that two agents do not stop each other's start. */
async function leadBack(options: MenderOptions, mend: NodeMend & { readonly kind: 'join' | 'rejoin' }): Promise<void> {
  const { settings, onMend } = options;
  try {
    using connection = await openMysqlConnection(nodeOf(settings, mend.host), options.login, LOGIN_MS);
    if (!(await takeLock(connection, MEND_LOCK)) || !(await isOut(connection))) return;
    // Left over if an agent died while it formed a group: this node would then form a second one instead of joining.
    await connection.query('SET GLOBAL group_replication_bootstrap_group = OFF', STATEMENT_MS);
    if (mend.kind === 'rejoin') await connection.query('STOP GROUP_REPLICATION', GROUP_STATEMENT_MS);
    await connection.query('START GROUP_REPLICATION', GROUP_STATEMENT_MS);
    onMend(mend.kind, mend.host, undefined);
  } catch (error) {
    onMend(mend.kind, mend.host, messageOf(error));
    await sleep(settings.mendAfterMs);
  }
}

/** Forms a group under locks on a majority of all nodes, and keeps them until the group is more than one node. */
async function form(options: MenderOptions, host: string): Promise<void> {
  const { settings, onMend } = options;
  const held = new Map<string, MysqlConnection>();
  using cleanup = new DisposableStack();
  try {
    await Promise.all(
      settings.nodes.map(async (node) => {
        const connection = await openMysqlConnection(node, options.login, LOGIN_MS).catch(() => undefined);
        if (connection === undefined) return;
        cleanup.use(connection);
        if (await takeLock(connection, FORM_LOCK).catch(() => false)) held.set(node.name, connection);
      }),
    );
    const candidate = held.get(host);
    if (candidate === undefined || !holdsMajority(held, settings)) {
      // Both agents came at the same moment: let one of them be first.
      cleanup.dispose();
      await sleep(settings.intervalMs + Math.random() * 4 * settings.intervalMs);
      return;
    }
    if (!(await isStillDecided(options, host)) || !holdsMajority(held, settings) || !(await isOut(candidate))) return;
    await bootstrap(candidate);
    onMend('bootstrap', host, undefined);
    await keepUntilFormed(options, held);
  } catch (error) {
    onMend('bootstrap', host, messageOf(error));
    cleanup.dispose();
    await sleep(settings.mendAfterMs);
  }
}

function holdsMajority(held: ReadonlyMap<string, MysqlConnection>, settings: Settings): boolean {
  const alive = [...held.values()].filter((connection) => !connection.closed);
  return isMajority(alive.length, settings.nodes.length);
}

/** The decision was made before the locks were held; it must come out the same from answers that were asked for after. */
async function isStillDecided(options: MenderOptions, host: string): Promise<boolean> {
  const lockedAtMs = performance.now();
  const deadlineMs = lockedAtMs + 4 * options.settings.timeoutMs;
  while (options.knownSinceMs() <= lockedAtMs) {
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

async function keepUntilFormed(options: MenderOptions, held: ReadonlyMap<string, MysqlConnection>): Promise<void> {
  const deadlineMs = performance.now() + FORMING_MS;
  while (performance.now() < deadlineMs && options.membersOnline() < 2) {
    await sleep(options.settings.intervalMs);
    await Promise.all([...held.values()].map((one) => one.query('DO 0', STATEMENT_MS).catch(() => undefined)));
  }
}

/**
 * A session that holds a lock must not outlive an agent that vanished, but must outlast STOP and START on the candidate, during which the
 * other sessions are idle.
 */
async function takeLock(connection: MysqlConnection, name: string): Promise<boolean> {
  await connection.query(`SET SESSION wait_timeout = ${(3 * GROUP_STATEMENT_MS) / 1_000}`, STATEMENT_MS);
  const [row] = await connection.query(`SELECT GET_LOCK('${name}', 0) AS held`, STATEMENT_MS);
  return String(row?.['held']) === '1';
}

async function isOut(connection: MysqlConnection): Promise<boolean> {
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

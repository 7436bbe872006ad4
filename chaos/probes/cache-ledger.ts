import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOn, hostsOf, PORTS, routeAddress, type Host, type Topology } from '../../deploy/model/topology.ts';
import { openValkey, type ValkeySession } from '../../exporters/valkey/connection.ts';
import { ReplyError, type Reply } from '../../exporters/valkey/resp.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import type { CacheReadBack, CacheWrite } from '../evidence/cache-write.ts';
import type { WriteOutcome } from '../evidence/write-ledger.ts';

interface CacheLedgerOptions {
  /** Part of the keys, so that runs do not share them. */
  readonly runId: string;
  /** Writers, each with a connection of its own and one write at a time. Default 4. */
  readonly writers?: number;
  /** Pause of a writer between two writes. Default 10 ms; 0 writes as fast as the cache replies. */
  readonly intervalMs?: number;
}

/** A client that writes numbered keys. Disposing it stops the writers. */
export interface CacheLedger extends AsyncDisposable {
  /** Stops the writers, and returns all writes in the order of their numbers. */
  stop(): Promise<readonly CacheWrite[]>;
  /**
   * Stops the writers, and reads the writes directly from every cache host. Because a replica may synchronize, it reads until all hosts have the same number
   * of them, for `settleMs` at most (default 30 s). Evictions since the start are a problem: an evicted write would count as lost.
   */
  readBack(settleMs?: number): Promise<CacheReadBacks>;
}

interface CacheReadBacks {
  /** One for each host that could be read. */
  readonly readBacks: readonly CacheReadBack[];
  readonly problems: readonly string[];
}

const CONNECT_MS = 1_000;
/** Longer than a switch takes, so that a write that it holds back gets its real outcome. */
const REPLY_MS = 5_000;
const RECONNECT_MS = 20;
/** The keys expire by themselves, after every read-back. */
const EXPIRY_SECONDS = 900;

/**
 * Writes numbered keys through the cache route, by the virtual IP and as the user of the application. A write without a reply is `unknown`, and its
 * connection is replaced. An error reply, such as READONLY, is `rejected`.
 */
export async function startCacheLedger(
  topology: Topology,
  { runId, writers = 4, intervalMs = 10 }: CacheLedgerOptions,
): Promise<CacheLedger> {
  const { host: address, port } = routeAddress(topology, 'cache');
  const login = await readLogin();
  const before = await Promise.all(hostsOf(topology, 'cache').map((host) => readHost(host, login, [])));
  const evictedBefore = new Map(before.map(({ node, evicted }) => [node, evicted]));
  const over = new AbortController();
  const writes = new Map<number, CacheWrite>();
  let numbered = 0;

  async function runWriter(): Promise<void> {
    let session: ValkeySession | undefined;
    while (!over.signal.aborted) {
      try {
        session ??= await openValkey({ address, port, ...login, connectMs: CONNECT_MS }, over.signal);
      } catch {
        await sleep(RECONNECT_MS);
        continue;
      }
      const number = numbered++;
      const [key, value] = [`ledger:${runId}:${number}`, `${number}`];
      const startMs = Date.now();
      const outcome = await write(session, key, value);
      writes.set(number, { key, value, startMs, endMs: Date.now(), outcome });
      if (outcome !== 'acknowledged') {
        session[Symbol.dispose]();
        session = undefined;
        await sleep(RECONNECT_MS);
      } else if (intervalMs > 0) await sleep(intervalMs);
    }
    session?.[Symbol.dispose]();
  }

  const running = Promise.all(Array.from({ length: writers }, runWriter));
  const stop = async (): Promise<readonly CacheWrite[]> => {
    over.abort();
    await running;
    return [...writes].sort(([one], [other]) => one - other).map(([, write]) => write);
  };
  const readBack = async (settleMs = 30_000): Promise<CacheReadBacks> =>
    readAll(topology, { login, writes: await stop(), evictedBefore, settleMs });
  return { stop, readBack, [Symbol.asyncDispose]: () => stop().then(() => undefined) };
}

async function write(session: ValkeySession, key: string, value: string): Promise<WriteOutcome> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new HoldfastError('deadline', 'no reply'));
  }, REPLY_MS);
  try {
    const sent = session.send('SET', key, value, 'EX', `${EXPIRY_SECONDS}`);
    return (await Promise.race([sent, late.promise])) === 'OK' ? 'acknowledged' : 'unknown';
  } catch (error) {
    return error instanceof ReplyError ? 'rejected' : 'unknown';
  } finally {
    clearTimeout(timer);
  }
}

interface ReadBackOptions {
  readonly login: Login;
  readonly writes: readonly CacheWrite[];
  /** Evicted keys of each host before the first write. */
  readonly evictedBefore: ReadonlyMap<string, number>;
  readonly settleMs: number;
}

async function readAll(
  topology: Topology,
  { login, writes, evictedBefore, settleMs }: ReadBackOptions,
): Promise<CacheReadBacks> {
  const keys = writes.map(({ key }) => key);
  const endAt = Date.now() + settleMs;
  for (;;) {
    const read = await Promise.allSettled(hostsOf(topology, 'cache').map((host) => readHost(host, login, keys)));
    const found = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const problems = [
      ...read.flatMap((one) =>
        one.status === 'rejected' ? [`a cache host could not be read: ${messageOf(one.reason)}`] : [],
      ),
      ...found.flatMap(({ node, evicted }) =>
        evicted > (evictedBefore.get(node) ?? 0) ? [`${node} has evicted keys, perhaps of the ledger`] : [],
      ),
    ];
    const counts = new Set(found.map(({ values }) => values.size));
    if ((problems.length === 0 && counts.size === 1) || Date.now() >= endAt) {
      return { readBacks: found.map(({ node, values }) => ({ node, values })), problems };
    }
    await sleep(500);
  }
}

interface Login {
  readonly user: string;
  readonly password: string;
}

async function readLogin(): Promise<Login> {
  return { user: 'app', password: (await readFile(join(PATHS.secrets, 'cache-password'), 'utf8')).trim() };
}

/** Keys per command. */
const BATCH = 500;

async function readHost(
  host: Host,
  login: Login,
  keys: readonly string[],
): Promise<CacheReadBack & { readonly evicted: number }> {
  const target = { address: addressOn(host, 'data'), port: PORTS.valkey, ...login, connectMs: CONNECT_MS };
  using session = await openValkey(target, AbortSignal.timeout(10_000));
  const values = new Map<string, string>();
  for (let at = 0; at < keys.length; at += BATCH) {
    const batch = keys.slice(at, at + BATCH);
    const replies = listOf(await session.send('MGET', ...batch));
    batch.forEach((key, index) => {
      const value = replies[index];
      if (typeof value === 'string') values.set(key, value);
    });
  }
  const evicted = Number(/^evicted_keys:(\d+)/m.exec(String(await session.send('INFO', 'stats')))?.[1] ?? NaN);
  return { node: host.name, values, evicted };
}

function listOf(reply: Reply): readonly Reply[] {
  if (Array.isArray(reply)) return reply as readonly Reply[];
  throw new Error('the reply is not a list');
}

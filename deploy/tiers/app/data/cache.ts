import { Redis } from 'iovalkey';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import { inSpan, inTrace } from '../telemetry/request-trace.ts';
import { CircuitBreaker, type CircuitState } from './circuit-breaker.ts';
import { startFairTimer } from './fair-timer.ts';

interface CacheOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly cacheCommandMs: number;
  readonly cacheConnectMs: number;
  readonly cacheRetryMs: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

type Operation = 'get' | 'set' | 'delete';

/** `redis` is the name of Valkey's protocol in OpenTelemetry's conventions. Spans contain no keys, because keys contain session IDs. */
const spanOf = (command: string) => ({
  name: command,
  attributes: { 'db.system.name': 'redis', 'db.operation.name': command },
});
const SPANS: Readonly<Record<Operation, ReturnType<typeof spanOf>>> = {
  get: spanOf('GET'),
  set: spanOf('SET'),
  delete: spanOf('UNLINK'),
};

/** Consecutive failures that open the circuit; a single slow reply is not enough. */
const FAILURES = 3;
/** Delay before the next attempt if a probe timer fires slightly before the end of the circuit's retry time. */
const PROBE_AGAIN_MS = 20;
const STATES: readonly CircuitState[] = ['closed', 'open', 'half-open'];

/** Error replies of a wrong server, or of one that cannot serve. */
const WRONG_SERVER = /^(READONLY|LOADING|MASTERDOWN|NOAUTH|WRONGPASS|NOPERM|CLUSTERDOWN)\b/;

/**
 * The cache for callers: a value or `undefined`. It never throws, and a call never takes longer than one command's timeout. Commands are not
 * queued while there is no connection. After a few failures the circuit opens. The connection is closed then, because its late replies would
 * belong to commands that timed out. A background probe tries new connections.
 */
/** The commands of a {@link Cache} that the shop uses. */
export type CacheCommands = Pick<Cache, 'get' | 'set' | 'delete'>;

export class Cache {
  readonly #options: CacheOptions;
  readonly #circuit: CircuitBreaker;
  #client: Redis | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#circuit = new CircuitBreaker({
      failures: FAILURES,
      retryMs: options.cacheRetryMs,
      now: () => performance.now(),
    });
    this.#circuit.open();
    this.#exposeState();
  }

  /** Connects for the first time; also resolves if the cache is down. */
  async start(): Promise<void> {
    await this.#connect();
  }

  async get(key: string): Promise<string | undefined> {
    const answer = await this.#run('get', (client) => client.get(key));
    if (answer === undefined) return undefined;
    this.#count('get', answer === null ? 'miss' : 'hit');
    return answer ?? undefined;
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    if ((await this.#run('set', (client) => client.set(key, value, 'EX', ttlSeconds))) !== undefined) {
      this.#count('set', 'ok');
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    if ((await this.#run('delete', (client) => client.unlink(...keys))) !== undefined) this.#count('delete', 'ok');
  }

  /** Replaces the connection. Commands use the old one until the new one is established, and those in flight finish on it. */
  async renew(): Promise<void> {
    const old = this.#client;
    if (old === undefined) return;
    await this.#connect();
    if (this.#client === old) this.#dropClient();
    else
      old.quit().catch(() => {
        old.disconnect();
      });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#probeTimer);
    this.#dropClient();
  }

  async #run<T>(operation: Operation, command: (client: Redis) => Promise<T>): Promise<T | undefined> {
    const client = this.#client;
    if (client === undefined || !this.#circuit.allowsCalls) {
      this.#count(operation, 'skipped');
      return undefined;
    }
    try {
      const answer = await inSpan(SPANS[operation], () => withDeadline(command(client), this.#options.cacheCommandMs));
      if (client === this.#client) this.#circuit.succeed();
      return answer;
    } catch (error) {
      this.#count(operation, 'error');
      if (client === this.#client) this.#recordFailure(error);
      return undefined;
    }
  }

  #recordFailure(error: unknown): void {
    const isReply = error instanceof Error && error.name === 'ReplyError';
    if (isReply && WRONG_SERVER.test(error.message)) this.#openCircuit(error);
    // Any other error reply is caused by the command: the server is up.
    else if (!isReply && this.#circuit.fail()) this.#openCircuit(error);
  }

  /** Opens the circuit and schedules probes for a new connection. */
  #openCircuit(cause: unknown): void {
    this.#circuit.open();
    this.#dropClient();
    this.#exposeState();
    this.#options.log.warn({ err: cause }, 'cache: circuit open, pages read from the database');
    this.#probeAfter(this.#options.cacheRetryMs);
  }

  #probeAfter(ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#probeTimer);
    // Runs outside of any trace, because it does not belong to a request.
    this.#probeTimer = inTrace(undefined, () =>
      setTimeout(() => {
        if (this.#circuit.tryProbe()) void this.#connect();
        else this.#probeAfter(PROBE_AGAIN_MS);
      }, ms).unref(),
    );
  }

  async #connect(): Promise<void> {
    const { cacheConnectMs, cacheRetryMs, log } = this.#options;
    this.#exposeState();
    const client = this.#makeClient();
    const timer = startFairTimer(cacheConnectMs, () => {
      client.disconnect();
    });
    try {
      await client.connect();
      await client.ping();
      if (this.#closed) throw new Error('the cache client was closed');
      this.#client = client;
      client.once('end', () => {
        if (this.#client === client) this.#reconnect();
      });
      this.#circuit.reset();
      log.info('cache: connected');
    } catch {
      client.disconnect();
      this.#circuit.open();
      this.#probeAfter(cacheRetryMs);
    } finally {
      timer.cancel();
      this.#exposeState();
    }
  }

  /** Reconnects at once after the other side has closed the connection, as the load balancer does at a failover. */
  #reconnect(): void {
    this.#client = undefined;
    if (this.#closed) return;
    this.#circuit.open();
    this.#exposeState();
    void this.#connect();
  }

  #makeClient(): Redis {
    const { host, port, username, password, cacheConnectMs } = this.#options;
    const client = new Redis({
      host,
      port,
      username,
      password,
      lazyConnect: true,
      connectTimeout: cacheConnectMs,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      retryStrategy: () => null,
      keepAlive: 10_000,
    });
    // Rejected commands and `end` report the same errors. Without a listener, the event would end the process.
    client.on('error', () => undefined);
    return client;
  }

  #dropClient(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.disconnect();
  }

  #count(operation: Operation, result: 'hit' | 'miss' | 'ok' | 'error' | 'skipped'): void {
    this.#options.metrics.cacheRequests.inc({ operation, result });
  }

  #exposeState(): void {
    for (const state of STATES) {
      this.#options.metrics.circuitState.set({ state }, state === this.#circuit.state ? 1 : 0);
    }
  }
}

/** The reply, or an error after `ms`; a later reply is discarded. */
function withDeadline<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = startFairTimer(ms, () => {
      reject(new Error(`no answer within ${ms} ms`));
    });
    answer.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}

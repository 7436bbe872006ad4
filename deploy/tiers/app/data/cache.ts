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

/** Valkey speaks Redis' protocol, and `redis` is what conventions call it. Keys are not told: they name people's sessions. */
const spanOf = (command: string) => ({
  name: command,
  attributes: { 'db.system.name': 'redis', 'db.operation.name': command },
});
const SPANS: Readonly<Record<Operation, ReturnType<typeof spanOf>>> = {
  get: spanOf('GET'),
  set: spanOf('SET'),
  delete: spanOf('UNLINK'),
};

/** Failures in a row that open the circuit: one slow answer is chance, three are a state. */
const FAILURES = 3;
/** When a probe comes a little too early for the circuit's clock. */
const PROBE_AGAIN_MS = 20;
const STATES: readonly CircuitState[] = ['closed', 'open', 'half-open'];

/** Replies after which the connection leads to the wrong server, or to one that cannot serve. */
const WRONG_SERVER = /^(READONLY|LOADING|MASTERDOWN|NOAUTH|WRONGPASS|NOPERM|CLUSTERDOWN)\b/;

/**
 * The cache as callers see it: a value, or nothing. It never throws and never makes anybody wait longer than one command's timeout:
 * commands are not queued while there is no connection, and after a few failures the circuit opens, the connection is thrown away
 * (its answers, if they ever come, belong to commands that nobody waits for) and a probe in the background looks for a working one.
 */
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
    this.#showState();
  }

  /** Connects for the first time; resolves also when the cache is away. */
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
      if (client === this.#client) this.#judge(error);
      return undefined;
    }
  }

  #judge(error: unknown): void {
    const isReply = error instanceof Error && error.name === 'ReplyError';
    if (isReply && WRONG_SERVER.test(error.message)) this.#break(error);
    // Any other reply shows that the server lives: the command was at fault.
    else if (!isReply && this.#circuit.fail()) this.#break(error);
  }

  /** Opens the circuit and begins to look for a working connection. */
  #break(cause: unknown): void {
    this.#circuit.open();
    this.#dropClient();
    this.#showState();
    this.#options.log.warn({ err: cause }, 'cache: circuit open, pages read from the database');
    this.#probeAfter(this.#options.cacheRetryMs);
  }

  #probeAfter(ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#probeTimer);
    // Belongs to no request, so it runs outside of every trace.
    this.#probeTimer = inTrace(undefined, () =>
      setTimeout(() => {
        if (this.#circuit.tryProbe()) void this.#connect();
        else this.#probeAfter(PROBE_AGAIN_MS);
      }, ms).unref(),
    );
  }

  async #connect(): Promise<void> {
    const { cacheConnectMs, cacheRetryMs, log } = this.#options;
    this.#showState();
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
        if (this.#client === client) this.#lose();
      });
      this.#circuit.reset();
      log.info('cache: connected');
    } catch {
      client.disconnect();
      this.#circuit.open();
      this.#probeAfter(cacheRetryMs);
    } finally {
      timer.cancel();
      this.#showState();
    }
  }

  /** The connection was closed by the other side, as the load balancer does at a failover: a new one is tried at once. */
  #lose(): void {
    this.#client = undefined;
    if (this.#closed) return;
    this.#circuit.open();
    this.#showState();
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
    // Told by rejected commands and by `end`; without a listener it would end the process.
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

  #showState(): void {
    for (const state of STATES) {
      this.#options.metrics.circuitState.set({ state }, state === this.#circuit.state ? 1 : 0);
    }
  }
}

/** The answer, or an error after `ms`; a later answer is dropped. */
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

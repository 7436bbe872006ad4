import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../kit/errors.ts';
import { isHealthy, type HostState } from '../../kit/hosts.ts';
import { openPrometheus } from '../../kit/prometheus.ts';
import { addressOn, hostsOf, PORTS, type Host } from '../model/topology.ts';
import { BACKENDS } from '../observe/haproxy-servers.ts';
import { fetchText } from '../observe/http.ts';
import type { StackContext } from '../observe/observation.ts';
import { addCounts, increaseOf, NO_COUNTS, parseCounts, type Counts } from './counts.ts';
import { decideStop, type NewHost, type RolloutLimits } from './decide-stop.ts';

interface WatchOptions {
  readonly context: StackContext;
  /** ID of the image of the new release. */
  readonly imageId: string;
  /** Names of the burn-rate alerts of all SLOs. */
  readonly burnAlerts: readonly string[];
  readonly limits: RolloutLimits;
}

/** Observes the application hosts during a rollout, once per second until it is disposed. */
export interface RolloutWatch extends AsyncDisposable {
  /** Aborts when the rollout must stop. Its reason is a {@link RolloutStopped}. */
  readonly stopped: AbortSignal;
  /** Requests since the start: of hosts with the new release, and of all others. */
  readonly counts: () => { readonly after: Counts; readonly before: Counts };
  /** Observes once, now. */
  readonly poll: () => Promise<void>;
}

/** The rollout must stop; the message is the reason. */
export class RolloutStopped extends Error {}

const POLL_INTERVAL_MS = 1_000;
/** The alert label of `holdfast drill`. */
const DRILL = 'drill';

/** Starts to observe. The first observation is the baseline. */
export async function openWatch(options: WatchOptions): Promise<RolloutWatch> {
  const watcher = new Watcher(options);
  await watcher.poll();
  watcher.start();
  return watcher;
}

class Watcher implements RolloutWatch {
  readonly #options: WatchOptions;
  readonly #stop = new AbortController();
  readonly #end = new AbortController();
  /** Last reading of each server's counters, by load balancer and server. */
  readonly #readings = new Map<string, Counts>();
  /** Hosts with the new image: when the rollout saw it first, and whether they have been healthy. */
  readonly #seen = new Map<string, { readonly atMs: number; wasHealthy: boolean }>();
  #firingBefore: ReadonlySet<string> | undefined;
  #burning: readonly string[] = [];
  #after = NO_COUNTS;
  #before = NO_COUNTS;
  #countersAtMs = performance.now();
  #alertsAtMs = performance.now();
  #running: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  counts(): { readonly after: Counts; readonly before: Counts } {
    return { after: this.#after, before: this.#before };
  }

  start(): void {
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async poll(): Promise<void> {
    await Promise.all([this.#readCounters(), this.#readAlerts()]);
    const hosts = await this.#readHosts();
    const now = performance.now();
    const reason = decideStop(
      {
        hosts,
        after: this.#after,
        before: this.#before,
        burning: this.#burning,
        countersAgeMs: now - this.#countersAtMs,
        alertsAgeMs: now - this.#alertsAtMs,
      },
      this.#options.limits,
    );
    if (reason !== undefined && !this.#stop.signal.aborted) this.#stop.abort(new RolloutStopped(reason));
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await sleep(POLL_INTERVAL_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
      await this.poll().catch((error: unknown) => {
        this.#stop.abort(new RolloutStopped(`the rollout cannot be observed: ${messageOf(error)}`));
      });
    }
  }

  /** Adds the increase of each counter. A load balancer that does not respond adds it when it responds again. */
  async #readCounters(): Promise<void> {
    const texts = await Promise.allSettled(
      hostsOf(this.#options.context.topology, 'lb').map(async (lb) => ({ lb: lb.name, text: await readCounters(lb) })),
    );
    const responses = texts.flatMap((text) => (text.status === 'fulfilled' ? [text.value] : []));
    if (responses.length > 0) this.#countersAtMs = performance.now();
    for (const { lb, text } of responses) {
      for (const [server, counts] of parseCounts(text, BACKENDS.app)) this.#add(`${lb}/${server}`, server, counts);
    }
  }

  #add(key: string, server: string, counts: Counts): void {
    const earlier = this.#readings.get(key);
    this.#readings.set(key, counts);
    if (earlier === undefined) return;
    const increase = increaseOf(earlier, counts);
    // By the image at the previous observation: a host between two images is drained.
    if (this.#seen.has(server)) this.#after = addCounts(this.#after, increase);
    else this.#before = addCounts(this.#before, increase);
  }

  async #readHosts(): Promise<readonly NewHost[]> {
    const { context, imageId } = this.#options;
    const states = await context.hosts.list();
    const now = performance.now();
    return hostsOf(context.topology, 'app').flatMap(({ name }) => {
      const state = states.get(name);
      // During the replacement, a host has no container for a moment.
      if (state === undefined) return [];
      if (state.imageId !== imageId) {
        this.#seen.delete(name);
        return [];
      }
      return [this.#toNewHost(name, state, now)];
    });
  }

  #toNewHost(name: string, state: HostState, now: number): NewHost {
    const seen = this.#seen.get(name) ?? { atMs: now, wasHealthy: false };
    this.#seen.set(name, seen);
    const { wasHealthy } = seen;
    const healthy = isHealthy(state);
    seen.wasHealthy ||= healthy;
    return { name, sinceMs: now - seen.atMs, isHealthy: healthy, wasHealthy };
  }

  async #readAlerts(): Promise<void> {
    const { context, burnAlerts } = this.#options;
    const answers = await Promise.allSettled(
      hostsOf(context.topology, 'monitor').map((monitor) =>
        openPrometheus(`http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`, {
          signal: this.#end.signal,
        }).alerts(),
      ),
    );
    const alerts = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    if (alerts.length === 0) return;
    this.#alertsAtMs = performance.now();
    const firing = alerts
      .flat()
      .filter(({ state, labels }) => state === 'firing' && labels[DRILL] === undefined)
      .map(({ labels }) => labels['alertname'] ?? '')
      .filter((name) => burnAlerts.includes(name));
    this.#firingBefore ??= new Set(firing);
    this.#burning = firing.filter((name) => this.#firingBefore?.has(name) === false);
  }
}

function readCounters(lb: Host): Promise<string> {
  return fetchText(`http://${addressOn(lb, 'ops')}:${PORTS.haproxyStats}/metrics?scope=server`);
}

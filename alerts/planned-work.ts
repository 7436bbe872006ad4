import type { ChangeWatch } from '../deploy/model/change-watch.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../deploy/model/topology.ts';
import { openPrometheus, sumIncrease, type Prometheus, type PrometheusAlert } from '../kit/prometheus.ts';
import { openAnnouncements } from './announcements.ts';
import {
  describeFailures,
  describeOutage,
  describeSlowness,
  SLOW_SECONDS,
  type RequestCounts,
  type ResponseCounts,
} from './client-harm.ts';
import type { AlertName } from './names.ts';
import { OUTAGE_ALERTS } from './outage-alerts.ts';
import { openMembers, type Member } from './silences/member.ts';
import { addSilence } from './silences/add-silence.ts';
import { resolvesWithinMs } from './silences/drain-silences.ts';
import { putSilence } from './silences/put-silence.ts';
import { currentSilences, readSilences } from './silences/read-silences.ts';
import type { Subject } from './silences/subject.ts';

/** A silence of planned work ends by itself after this time: the longest change of one host, and some more. A host that is not back then pages. */
const SILENCE_MS = 300_000;

const QUERY_DEADLINE_MS = 2_000;

/** Slow responses and outages are counted over this time, so that a short one is visible. */
const RECENT = '30s';

/** The silences that planned work on a host needs: exactly the alerts that its outage causes. Another fault of the same host still pages. */
export function plannedSilences({ name, tier }: Pick<Host, 'name' | 'tier'>): readonly Subject[] {
  const { ofHost, ofService, maybe } = OUTAGE_ALERTS[tier];
  // A planned change moves the primary before it stops a node, so that this alert is a fault also then.
  const service = [...ofService, ...maybe].filter((name) => name !== 'DatabaseNoWritablePrimary');
  // A release that returns replaces a host several times within minutes.
  const flapping: readonly AlertName[] = tier === 'web' || tier === 'app' ? ['ServerFlapping'] : [];
  return [
    { kind: 'alerts', names: [...ofHost, ...flapping], host: name },
    ...(service.length === 0 ? [] : [{ kind: 'alerts' as const, names: service, host: undefined }]),
  ];
}

/**
 * Silences what the outage of a host causes, until disposed, or for {@link SILENCE_MS}. After that, the silences last until the alerts have resolved, because
 * an alert that still fires when its silence ends is mailed. Without an Alertmanager, nothing is silenced: that costs a mail, and no change waits for it.
 */
export async function silencePlannedWork(topology: Topology, host: Host, reason: string): Promise<AsyncDisposable> {
  // The signal of an interrupted change must not prevent the removal.
  const members = openMembers(topology, new AbortController().signal);
  const ids: string[] = [];
  const lastsOnMs = resolvesWithinMs(topology.profile.monitoring);
  await using silences = new AsyncDisposableStack();
  // Without an Alertmanager, they end by themselves after SILENCE_MS.
  silences.defer(() => endLater(members, ids, lastsOnMs).catch(() => undefined));
  for (const subject of plannedSilences(host)) {
    const added = await addSilence(members, { subject, forMs: SILENCE_MS, reason, by: 'change' }).catch(
      () => undefined,
    );
    if (added !== undefined) ids.push(added.id);
  }
  return silences.move();
}

async function endLater(members: readonly Member[], ids: readonly string[], lastsOnMs: number): Promise<void> {
  const found = await readSilences(members);
  for (const silence of currentSilences(found).filter(({ id }) => ids.includes(id))) {
    await putSilence(found, { ...silence, endsAtMs: Date.now() + lastsOnMs });
  }
}

/** Watches clients and alerts during a change. Opening it reads what is usual: the alerts that fire already, and the failures of the last minutes. */
export async function openChangeWatch(topology: Topology, what: string): Promise<ChangeWatch> {
  const monitors = hostsOf(topology, 'monitor').map((host) =>
    openPrometheus(`http://${addressOn(host, 'ops')}:${PORTS.prometheus}`, { deadlineMs: QUERY_DEADLINE_MS }),
  );
  const startMs = Date.now();
  const firingBefore = await readFiring(monitors);
  // Without monitors, a change may be what repairs them.
  const isWatched = firingBefore !== undefined;
  const before = new Set((firingBefore ?? []).map(keyOf));
  const [usual, usualResponses] = await Promise.all([readCounts(monitors, '5m'), readResponses(monitors, '5m')]);
  const announcements = openAnnouncements(resolvesWithinMs(topology.profile.monitoring));
  const countsNow = (): Promise<RequestCounts | undefined> => {
    const seconds = Math.max(1, Math.round((Date.now() - startMs) / 1_000));
    return readCounts(monitors, `${seconds}s`);
  };
  return {
    announce: async (host) => {
      const keys = plannedSilences(host).flatMap((subject) =>
        subject.kind === 'alerts' ? subject.names.map((name) => `${name} ${subject.host ?? ''}`) : [],
      );
      await using announcement = new AsyncDisposableStack();
      announcement.use(announcements.announce(keys));
      announcement.use(await silencePlannedWork(topology, host, what));
      return announcement.move();
    },
    findHarm: async () => {
      const firing = await readFiring(monitors);
      if (firing === undefined)
        return isWatched ? 'no Prometheus responds any more, so harm to clients would not be noticed' : '';
      const alerts = firing.map(keyOf).filter((key) => !before.has(key) && !announcements.explains(key));
      if (alerts.length > 0)
        return `${[...new Set(alerts)].join(', ').trim()} fires, which the change does not explain`;
      const [counts, recent, responses] = await Promise.all([
        countsNow(),
        readCounts(monitors, RECENT),
        readResponses(monitors, RECENT),
      ]);
      return (
        (counts === undefined ? '' : describeFailures(usual, counts)) ||
        (recent === undefined ? '' : describeOutage(recent)) ||
        (responses === undefined ? '' : describeSlowness(usualResponses, responses))
      );
    },
    readCost: async () => {
      const counts = await countsNow();
      // Shorter than a scrape interval: nothing was measured.
      return counts?.requests === 0 ? undefined : counts;
    },
  };
}

function keyOf({ labels }: PrometheusAlert): string {
  return `${labels['alertname'] ?? ''} ${labels['host'] ?? ''}`;
}

/** The alerts that fire on any Prometheus, without the watchdog and drills. `undefined` if none responds. */
async function readFiring(monitors: readonly Prometheus[]): Promise<readonly PrometheusAlert[] | undefined> {
  const found = await Promise.allSettled(monitors.map((monitor) => monitor.alerts()));
  if (!found.some(({ status }) => status === 'fulfilled')) return undefined;
  return found
    .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    .filter(
      ({ state, labels }) => state === 'firing' && labels['alertname'] !== 'Watchdog' && labels['drill'] === undefined,
    );
}

/** Requests of clients in a window, as the entries of the site counted them. `undefined` if no Prometheus responds. */
async function readCounts(monitors: readonly Prometheus[], window: string): Promise<RequestCounts | undefined> {
  const entered = (matchers: string): string => `site_requests_total{source="client"${matchers}}`;
  const found = await askAll(monitors, async (monitor) => ({
    requests: await sumIncrease(monitor, entered(''), window),
    failed: await sumIncrease(monitor, entered(',outcome="error"'), window),
  }));
  return mostOf(found, ({ requests }) => requests);
}

/** Responses of the applications in a window. `undefined` if no Prometheus responds. */
async function readResponses(monitors: readonly Prometheus[], window: string): Promise<ResponseCounts | undefined> {
  const found = await askAll(monitors, async (monitor) => {
    const responses = await sumIncrease(monitor, 'http_request_duration_seconds_count', window);
    // Prometheus writes whole bounds as `1` or `1.0`, depending on the format of the scrape.
    const bucket = `http_request_duration_seconds_bucket{le=~"${SLOW_SECONDS}([.]0)?"}`;
    const fast = await sumIncrease(monitor, bucket, window);
    return { responses, slow: Math.max(0, responses - fast) };
  });
  return mostOf(found, ({ responses }) => responses);
}

async function askAll<T>(
  monitors: readonly Prometheus[],
  ask: (monitor: Prometheus) => Promise<T>,
): Promise<readonly T[]> {
  const found = await Promise.allSettled(monitors.map(ask));
  return found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** The answer with the highest count: a monitor that was restarted has seen less. */
function mostOf<T>(answers: readonly T[], count: (answer: T) => number): T | undefined {
  return answers.toSorted((one, other) => count(other) - count(one))[0];
}

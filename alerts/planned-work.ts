import type { ChangeWatch } from '../deploy/model/change-watch.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../deploy/model/topology.ts';
import { openPrometheus, type Prometheus, type PrometheusAlert } from '../kit/prometheus.ts';
import { openAnnouncements } from './announcements.ts';
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

/** Failures up to this multiple of their usual share are not attributed to the change. */
const USUAL_FACTOR = 2;

/** The silences that planned work on a host needs: exactly the alerts that its outage causes. Another fault of the same host still pages. */
export function plannedSilences({ name, tier }: Pick<Host, 'name' | 'tier'>): readonly Subject[] {
  const { ofHost, ofService, maybe } = OUTAGE_ALERTS[tier];
  // A planned change moves the primary before it stops a node, so that this alert is a fault also then.
  const service = [...ofService, ...maybe].filter((name) => name !== 'DatabaseNoWritablePrimary');
  return [
    { kind: 'alerts', names: ofHost, host: name },
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

interface Counts {
  readonly requests: number;
  readonly failed: number;
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
  const usual = await readCounts(monitors, '5m');
  const announcements = openAnnouncements(resolvesWithinMs(topology.profile.monitoring));
  const countsNow = (): Promise<Counts | undefined> => {
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
      const counts = await countsNow();
      if (counts === undefined || counts.failed === 0) return '';
      const share = shareOf(counts);
      if (share <= USUAL_FACTOR * shareOf(usual)) return '';
      return `${counts.failed} of about ${counts.requests} requests failed since the change began`;
    },
    readCost: countsNow,
  };
}

function shareOf(counts: Counts | undefined): number {
  return counts === undefined || counts.requests === 0 ? 0 : counts.failed / counts.requests;
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
async function readCounts(monitors: readonly Prometheus[], window: string): Promise<Counts | undefined> {
  const count = async (monitor: Prometheus, matchers: string): Promise<number> => {
    const [series] = await monitor.query(`sum(increase(site_requests_total{source="client"${matchers}}[${window}]))`);
    return Math.round(series?.samples.at(-1)?.[1] ?? 0);
  };
  const found = await Promise.allSettled(
    monitors.map(async (monitor) => ({
      requests: await count(monitor, ''),
      failed: await count(monitor, ',outcome="error"'),
    })),
  );
  const counts = found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  // A monitor that was restarted has seen less.
  return counts.toSorted((one, other) => other.requests - one.requests)[0];
}

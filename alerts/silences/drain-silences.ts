import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { hostsOf, type Tier, type Topology } from '../../deploy/model/topology.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Drain } from '../../kit/operations.ts';
import { defaultFor, type Domain } from '../alert.ts';
import type { AlertName } from '../names.ts';
import { membersWithout } from './add-silence.ts';
import { putSilence } from './put-silence.ts';
import { openMembers, type Member } from './member.ts';
import { currentSilences, readSilences } from './read-silences.ts';
import { MADE_BY, type Silence } from './silence.ts';
import { keyOf, matchersOf, type Matcher } from './subject.ts';

/**
 * The alert that the drain of a host causes, by tier: fewer hosts of the pool serve than it needs for redundancy. The host itself runs, so no alert about
 * it is expected. A database node that is drained stays in its group, which keeps its redundancy.
 */
const DRAIN_ALERTS: Readonly<Partial<Record<Tier, { readonly alert: AlertName; readonly domain: Domain }>>> = {
  web: { alert: 'WebRedundancyLost', domain: 'web' },
  app: { alert: 'AppRedundancyLost', domain: 'app' },
};

/** Hosts in service that a pool needs for redundancy: the limit of the alerts. */
const REDUNDANT = 2;

/** Author of these silences, so that no other one is changed. */
const AUTHOR = `${MADE_BY} drain`;

/** A silence that the drains need. */
interface DrainSilence {
  readonly matchers: readonly Matcher[];
  readonly endsAtMs: number;
  readonly comment: string;
}

/**
 * Silences of the drains of operators, until their planned ends: one per tier that they leave without redundancy, and one per drained edge, because its
 * HAProxy does not run. Pure.
 */
export function silencesOfDrains(topology: Topology, drains: readonly Drain[], nowMs: number): readonly DrainSilence[] {
  return [...silencesOfTiers(topology, drains, nowMs), ...silencesOfEdges(topology, drains, nowMs)];
}

function silencesOfEdges(topology: Topology, drains: readonly Drain[], nowMs: number): readonly DrainSilence[] {
  const edges = new Set(hostsOf(topology, 'edge').map(({ name }) => name));
  return drains
    .filter(({ host, kind }) => kind === 'operator' && edges.has(host))
    .map(({ host, until, reason }) => ({
      matchers: matchersOf({ kind: 'alerts', names: ['EdgeLost'], host, domain: 'edge' }),
      endsAtMs: until === undefined ? 0 : Date.parse(until),
      comment: `${host} is drained: ${reason}`,
    }))
    .filter(({ endsAtMs }) => endsAtMs > nowMs);
}

function silencesOfTiers(topology: Topology, drains: readonly Drain[], nowMs: number): readonly DrainSilence[] {
  return Object.entries(DRAIN_ALERTS).flatMap(([tier, { alert, domain }]) => {
    const hosts = hostsOf(topology, tier as Tier).map(({ name }) => name);
    const drained = drains.filter(({ host, kind }) => kind === 'operator' && hosts.includes(host));
    const ends = drained.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]));
    const endsAtMs = Math.max(0, ...ends);
    if (endsAtMs <= nowMs || hosts.length - drained.length >= REDUNDANT) return [];
    return [
      {
        // With the domain, the silence differs from that of a change, which removes its own when it ends.
        matchers: matchersOf({ kind: 'alerts', names: [alert], host: undefined, domain }),
        endsAtMs,
        comment: drained.map(({ host, reason }) => `${host} is drained: ${reason}`).join(', '),
      },
    ];
  });
}

/** Ends of the same silence that differ less are equal. */
const SAME_MS = 1_000;

/** After its cause has ended, an alert resolves within this time: two scrapes, two evaluations, and its `for:` duration as a reserve. */
export function resolvesWithinMs(timings: MonitoringTimings): number {
  return 2 * (timings.scrapeIntervalMs + timings.evaluationIntervalMs) + defaultFor(timings);
}

/**
 * Brings the silences of drains to what `wanted` says. A silence that is no longer wanted ends `lastsOnMs` later, when its alert has resolved. Throws
 * `stack-down` if no Alertmanager responds, and `http` if none accepts a silence.
 */
export async function reconcileDrainSilences(
  members: readonly Member[],
  wanted: readonly DrainSilence[],
  lastsOnMs: number,
): Promise<void> {
  const found = await readSilences(members);
  const existing = currentSilences(found).filter(({ createdBy }) => createdBy === AUTHOR);
  const nowMs = Date.now();
  for (const { matchers, endsAtMs, comment } of wanted) {
    const same = existing.find((one) => keyOf(one.matchers) === keyOf(matchers));
    const isSame = same !== undefined && Math.abs(Date.parse(same.endsAt) - endsAtMs) < SAME_MS;
    if (!isSame)
      await putSilence(found, {
        createdBy: AUTHOR,
        matchers,
        startsAt: same?.startsAt,
        endsAtMs,
        comment,
        id: same?.id,
      });
  }
  for (const { id, matchers, startsAt, endsAt, comment } of existing) {
    if (wanted.some((one) => keyOf(one.matchers) === keyOf(matchers))) continue;
    const endsAtMs = nowMs + lastsOnMs;
    if (Date.parse(endsAt) > endsAtMs)
      await putSilence(found, { createdBy: AUTHOR, matchers, startsAt, endsAtMs, comment, id });
  }
  const hasAll = (silences: readonly Silence[]): boolean =>
    wanted.every(({ matchers }) =>
      silences.some(
        (one) => one.createdBy === AUTHOR && one.status.state !== 'expired' && keyOf(one.matchers) === keyOf(matchers),
      ),
    );
  await membersWithout(members, hasAll);
}

/**
 * Silences exactly the alerts that the drains of operators cause, until their planned end. Can be repeated at any time, also after a killed command. Never
 * rejects: a failure is reported, because a drain without a silence costs a mail and nothing else.
 */
export async function silenceDrains(
  topology: Topology,
  drains: readonly Drain[],
  onProgress: (line: string) => void,
): Promise<void> {
  try {
    // The signal of an interrupted command must not prevent the end of a silence.
    const members = openMembers(topology, new AbortController().signal);
    const wanted = silencesOfDrains(topology, drains, Date.now());
    await reconcileDrainSilences(members, wanted, resolvesWithinMs(topology.profile.monitoring));
  } catch (error) {
    onProgress(`silences of drained hosts could not be updated: ${messageOf(error)}`);
  }
}

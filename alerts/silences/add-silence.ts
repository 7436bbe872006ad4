import { HoldfastError } from '../../kit/errors.ts';
import { waitFor } from '../../kit/deadline.ts';
import type { Member } from './member.ts';
import { type MemberSilences, currentSilences, readSilences } from './read-silences.ts';
import { isOurs, MADE_BY, type Silence } from './silence.ts';
import { keyOf, matchersOf, type Subject } from './subject.ts';

export interface SilenceRequest {
  readonly subject: Subject;
  readonly forMs: number;
  readonly reason: string;
  /** Author of the silence: a person or a program. */
  readonly by?: string;
}

/** An active silence. */
export interface ActiveSilence {
  readonly id: string;
  readonly endsAt: Date;
  /** The existing silence ends later and is unchanged, including its reason. */
  readonly isUnchanged: boolean;
  /** Members that do not respond or do not have it yet; they receive it by gossip. */
  readonly missingOn: readonly string[];
}

/** Members gossip every half second and synchronize their full state every few seconds. */
const CONVERGENCE_MS = 12_000;

/**
 * Silences a subject for at least `forMs`, on every member. Idempotent: an existing silence of the same subject is extended if it ends earlier,
 * and unchanged if it ends later.
 */
export async function addSilence(
  members: readonly Member[],
  request: SilenceRequest,
  convergenceMs = CONVERGENCE_MS,
): Promise<ActiveSilence> {
  const { subject, forMs, reason, by } = request;
  const found = await readSilences(members);
  const now = Date.now();
  const matchers = matchersOf(subject);
  const existing = currentSilences(found).find((one) => isOurs(one) && keyOf(one.matchers) === keyOf(matchers));
  const endsAt = new Date(Math.max(now + forMs, existing === undefined ? 0 : Date.parse(existing.endsAt)));
  const isUnchanged = existing !== undefined && Date.parse(existing.endsAt) === endsAt.getTime();
  const id = isUnchanged
    ? existing.id
    : await putOnFirst(found, existing, {
        matchers,
        startsAt: existing?.startsAt ?? new Date(now).toISOString(),
        endsAt: endsAt.toISOString(),
        createdBy: by === undefined ? MADE_BY : `${MADE_BY} ${by}`,
        comment: reason,
      });
  const hasSilence = (silences: readonly Silence[]): boolean =>
    silences.some(
      (one) => one.id === id && one.status.state !== 'expired' && Date.parse(one.endsAt) >= endsAt.getTime(),
    );
  const missingOn = await membersWithout(members, hasSilence, convergenceMs);
  return { id, endsAt, isUnchanged: isUnchanged, missingOn };
}

/** The first member that accepts it sends it to the others by gossip. An existing silence is updated only on a member that has it. */
async function putOnFirst(
  { reachable }: MemberSilences,
  existing: Silence | undefined,
  spec: Parameters<Member['put']>[0],
): Promise<string> {
  const errors: unknown[] = [];
  for (const { member, silences } of reachable) {
    const isKnown = silences.some(({ id }) => id === existing?.id);
    try {
      return await member.put(existing !== undefined && isKnown ? { ...spec, id: existing.id } : spec);
    } catch (error) {
      errors.push(error);
    }
  }
  throw new HoldfastError('http', `No Alertmanager accepted the silence: ${errors.map(String).join('; ')}.`, {
    cause: errors[0],
    fix: 'Check `./holdfast logs mon1`.',
  });
}

/** Waits until every member has the expected state; returns the names of those that do not in time. */
export async function membersWithout(
  members: readonly Member[],
  hasSilence: (silences: readonly Silence[]) => boolean,
  convergenceMs = CONVERGENCE_MS,
): Promise<readonly string[]> {
  let missingOn: readonly string[] = members.map(({ name }) => name);
  await waitFor(
    async () => {
      const { reachable, unreachable } = await readSilences(members);
      const without = reachable.filter(({ silences }) => !hasSilence(silences)).map(({ member }) => member.name);
      missingOn = [...without, ...unreachable];
      // Members that do not respond are not waited for.
      return without.length === 0;
    },
    { what: 'all Alertmanagers to agree', deadlineMs: convergenceMs },
  ).catch((error: unknown) => {
    if (!(error instanceof HoldfastError && error.code === 'deadline')) throw error;
  });
  return missingOn;
}

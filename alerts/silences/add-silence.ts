import { HoldfastError } from '../../kit/errors.ts';
import { waitFor } from '../../kit/deadline.ts';
import type { Member } from './member.ts';
import { type Answers, currentSilences, readSilences } from './read-silences.ts';
import { isOurs, MADE_BY, type Silence } from './silence.ts';
import { keyOf, matchersOf, type Subject } from './subject.ts';

export interface SilenceRequest {
  readonly subject: Subject;
  readonly forMs: number;
  readonly reason: string;
  /** Who silences: a person or a program. */
  readonly by?: string;
}

/** A silence that is in force. */
export interface InForce {
  readonly id: string;
  readonly endsAt: Date;
  /** The one that was there ends later, and stays as it is, its reason too. */
  readonly isUnchanged: boolean;
  /** Members that do not answer or do not know of it yet: they learn it from the others. */
  readonly unaware: readonly string[];
}

/** Members gossip every half second and tell each other everything every few seconds. */
const AGREE_WITHIN_MS = 12_000;

/**
 * Silences a subject for at least so long, on every member. The same once more changes nothing: a silence of the same subject that ends
 * earlier is made longer, one that ends later stays as it is.
 */
export async function addSilence(
  members: readonly Member[],
  request: SilenceRequest,
  agreeWithinMs = AGREE_WITHIN_MS,
): Promise<InForce> {
  const { subject, forMs, reason, by } = request;
  const answers = await readSilences(members);
  const now = Date.now();
  const matchers = matchersOf(subject);
  const existing = currentSilences(answers).find((one) => isOurs(one) && keyOf(one.matchers) === keyOf(matchers));
  const endsAt = new Date(Math.max(now + forMs, existing === undefined ? 0 : Date.parse(existing.endsAt)));
  const isKept = existing !== undefined && Date.parse(existing.endsAt) === endsAt.getTime();
  const id = isKept
    ? existing.id
    : await putAnywhere(answers, existing, {
        matchers,
        startsAt: existing?.startsAt ?? new Date(now).toISOString(),
        endsAt: endsAt.toISOString(),
        createdBy: by === undefined ? MADE_BY : `${MADE_BY} ${by}`,
        comment: reason,
      });
  const isAware = (silences: readonly Silence[]): boolean =>
    silences.some(
      (one) => one.id === id && one.status.state !== 'expired' && Date.parse(one.endsAt) >= endsAt.getTime(),
    );
  const unaware = await membersWithout(members, isAware, agreeWithinMs);
  return { id, endsAt, isUnchanged: isKept, unaware };
}

/** The first member that takes it tells the others. A silence is changed where it is known. */
async function putAnywhere(
  { answering }: Answers,
  existing: Silence | undefined,
  order: Parameters<Member['put']>[0],
): Promise<string> {
  const errors: unknown[] = [];
  for (const { member, silences } of answering) {
    const isKnown = silences.some(({ id }) => id === existing?.id);
    try {
      return await member.put(existing !== undefined && isKnown ? { ...order, id: existing.id } : order);
    } catch (error) {
      errors.push(error);
    }
  }
  throw new HoldfastError('http', `No Alertmanager accepted the silence: ${errors.map(String).join('; ')}.`, {
    cause: errors[0],
    fix: 'Check `./holdfast logs mon1`.',
  });
}

/** Waits until every member agrees; names those that do not in time. */
export async function membersWithout(
  members: readonly Member[],
  isAware: (silences: readonly Silence[]) => boolean,
  agreeWithinMs = AGREE_WITHIN_MS,
): Promise<readonly string[]> {
  let unaware: readonly string[] = members.map(({ name }) => name);
  await waitFor(
    async () => {
      const { answering, silent } = await readSilences(members);
      const without = answering.filter(({ silences }) => !isAware(silences)).map(({ member }) => member.name);
      unaware = [...without, ...silent];
      // Who does not answer at all cannot be waited for.
      return without.length === 0;
    },
    { what: 'all Alertmanagers to agree', deadlineMs: agreeWithinMs },
  ).catch((error: unknown) => {
    if (!(error instanceof HoldfastError && error.code === 'deadline')) throw error;
  });
  return unaware;
}

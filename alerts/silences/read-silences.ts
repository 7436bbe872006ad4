import { HoldfastError, messageOf } from '../../kit/errors.ts';
import type { Member } from './member.ts';
import type { Silence } from './silence.ts';

/** Silences of the members that respond, and names of the others. */
export interface MemberSilences {
  readonly reachable: readonly { readonly member: Member; readonly silences: readonly Silence[] }[];
  readonly unreachable: readonly string[];
}

/** Reads the silences of every member. Throws `stack-down` when no member responds. */
export async function readSilences(members: readonly Member[]): Promise<MemberSilences> {
  const results = await Promise.allSettled(members.map((member) => member.list()));
  const reachable = results.flatMap((result, index) => {
    const member = members[index];
    return member !== undefined && result.status === 'fulfilled' ? [{ member, silences: result.value }] : [];
  });
  const answered = new Set(reachable.map(({ member }) => member.name));
  const failed = results.find((result) => result.status === 'rejected');
  if (reachable.length === 0) {
    throw new HoldfastError('stack-down', `No Alertmanager answers: ${messageOf(failed?.reason ?? 'there is none')}.`, {
      cause: failed?.reason,
      fix: 'Start the stack with `./holdfast up`.',
    });
  }
  return { reachable, unreachable: members.map(({ name }) => name).filter((name) => !answered.has(name)) };
}

/** All silences that have not expired, without duplicates, with the latest end that any member has; sorted by end. */
export function currentSilences({ reachable }: MemberSilences): readonly Silence[] {
  const found = new Map<string, Silence>();
  for (const silence of reachable.flatMap(({ silences }) => silences)) {
    if (silence.status.state === 'expired') continue;
    const other = found.get(silence.id);
    if (other === undefined || Date.parse(other.endsAt) < Date.parse(silence.endsAt)) found.set(silence.id, silence);
  }
  return [...found.values()].toSorted((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
}

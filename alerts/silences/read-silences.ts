import { HoldfastError, messageOf } from '../../kit/errors.ts';
import type { Member } from './member.ts';
import type { Silence } from './silence.ts';

/** What the members that answer say; the others are named. */
export interface Answers {
  readonly answering: readonly { readonly member: Member; readonly silences: readonly Silence[] }[];
  readonly silent: readonly string[];
}

/** Asks every member. Throws `stack-down` when none answers. */
export async function readSilences(members: readonly Member[]): Promise<Answers> {
  const results = await Promise.allSettled(members.map((member) => member.list()));
  const answering = results.flatMap((result, index) => {
    const member = members[index];
    return member !== undefined && result.status === 'fulfilled' ? [{ member, silences: result.value }] : [];
  });
  const answered = new Set(answering.map(({ member }) => member.name));
  const failed = results.find((result) => result.status === 'rejected');
  if (answering.length === 0) {
    throw new HoldfastError('stack-down', `No Alertmanager answers: ${messageOf(failed?.reason ?? 'there is none')}.`, {
      cause: failed?.reason,
      fix: 'Start the stack with `./holdfast up`.',
    });
  }
  return { answering, silent: members.map(({ name }) => name).filter((name) => !answered.has(name)) };
}

/** Every silence that is not over, each once, as the member that knows the later end says it; first to end first. */
export function currentSilences({ answering }: Answers): readonly Silence[] {
  const found = new Map<string, Silence>();
  for (const silence of answering.flatMap(({ silences }) => silences)) {
    if (silence.status.state === 'expired') continue;
    const other = found.get(silence.id);
    if (other === undefined || Date.parse(other.endsAt) < Date.parse(silence.endsAt)) found.set(silence.id, silence);
  }
  return [...found.values()].toSorted((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
}

import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { membersWithout } from './add-silence.ts';
import type { Member } from './member.ts';
import { readSilences } from './read-silences.ts';

/** Removes silences on every member; an expired one is not an error. Returns the names of the members that still have one of them. */
export async function removeSilences(members: readonly Member[], ids: readonly string[]): Promise<readonly string[]> {
  const { reachable } = await readSilences(members);
  for (const id of ids) {
    const holders = reachable.filter(({ silences }) =>
      silences.some((one) => one.id === id && one.status.state !== 'expired'),
    );
    const results = await Promise.allSettled(holders.map(({ member }) => member.expire(id)));
    const failed = results.find((result) => result.status === 'rejected');
    if (results.length > 0 && results.every(({ status }) => status === 'rejected')) {
      throw new HoldfastError('http', `Could not remove the silence ${id}: ${messageOf(failed?.reason)}.`, {
        cause: failed?.reason,
        fix: 'Repeat the command, or remove the silence in the web UI of Alertmanager.',
      });
    }
  }
  return membersWithout(members, (silences) =>
    silences.every((one) => !ids.includes(one.id) || one.status.state === 'expired'),
  );
}

import { HoldfastError } from '../../kit/errors.ts';
import { addSilence, type SilenceRequest } from './add-silence.ts';
import type { Member } from './member.ts';
import { removeSilences } from './remove-silences.ts';

/** A silence that lasts until it is disposed of. */
export interface OpenSilence extends AsyncDisposable {
  readonly id: string;
}

/**
 * Silences a subject until disposed of, or for `forMs` if the process crashes before that. Disposing waits until all members have removed it, and is
 * idempotent. `members` must outlive the work: their signal must not be the one that interrupts it.
 */
export async function openSilence(members: readonly Member[], request: SilenceRequest): Promise<OpenSilence> {
  const { id } = await addSilence(members, request);
  let removal: Promise<void> | undefined;
  const remove = async (): Promise<void> => {
    const missingOn = await removeSilences(members, [id]);
    if (missingOn.length === members.length) {
      throw new HoldfastError('deadline', `The silence ${id} is still active on ${missingOn.join(' and ')}.`, {
        fix: `Run \`./holdfast silence remove ${id}\`.`,
      });
    }
  };
  return { id, [Symbol.asyncDispose]: () => (removal ??= remove()) };
}

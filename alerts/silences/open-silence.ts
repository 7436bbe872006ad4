import { HoldfastError } from '../../kit/errors.ts';
import { addSilence, type SilenceRequest } from './add-silence.ts';
import type { Member } from './member.ts';
import { removeSilences } from './remove-silences.ts';

/** A silence for as long as the work takes. */
export interface OpenSilence extends AsyncDisposable {
  readonly id: string;
}

/**
 * Silences a subject until disposed of, `forMs` at most, should nobody live to do that. Disposing waits until the members agree that it is over, and
 * may be done twice. `members` must outlive the work: their signal is not the one that interrupts it.
 */
export async function openSilence(members: readonly Member[], request: SilenceRequest): Promise<OpenSilence> {
  const { id } = await addSilence(members, request);
  let removal: Promise<void> | undefined;
  const remove = async (): Promise<void> => {
    const holding = await removeSilences(members, [id]);
    if (holding.length === members.length) {
      throw new HoldfastError('deadline', `The silence ${id} is still active on ${holding.join(' and ')}.`, {
        fix: `Run \`./holdfast silence remove ${id}\`.`,
      });
    }
  };
  return { id, [Symbol.asyncDispose]: () => (removal ??= remove()) };
}

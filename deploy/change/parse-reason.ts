import { HoldfastError } from '../../kit/errors.ts';

/** Longest reason: a line of `status`, of a silence and of a mail. */
const MOST_REASON = 200;

/** A reason without blanks around it; undefined for none. Throws `usage` for one that is not a line of text. */
export function parseReason(text: string | undefined): string | undefined {
  const reason = text?.trim() ?? '';
  if (reason === '') return undefined;
  if (reason.length <= MOST_REASON && !/\p{Cc}/u.test(reason)) return reason;
  throw new HoldfastError('usage', `The reason must be one line of at most ${MOST_REASON} characters.`, {
    fix: 'Such as --reason "new disk".',
  });
}

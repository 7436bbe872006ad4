/** `uuid[:tag]:interval[:interval…]`, the only thing that may reach WAIT_FOR_EXECUTED_GTID_SET from a cookie. */
const GTID =
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::[a-z_][a-z0-9_]{0,31})?(?::[1-9]\d{0,18}(?:-[1-9]\d{0,18})?)+$/i;

/** Sets of a session's own writes are short; a long one is not ours. */
const MAX_LENGTH = 512;

/**
 * Stands for the transactions of a session of which it is not known which they are: an order that an earlier try of the same request had
 * committed. No secondary can be asked whether it has them, so the session reads from the primary.
 */
export const UNKNOWN_WRITE = 'unknown';

/** Whether `text` is a set of global transaction identifiers of a size that a session can have written. */
export function isGtidSet(text: string): boolean {
  return text.length > 0 && text.length <= MAX_LENGTH && text.split(',').every((gtid) => GTID.test(gtid.trim()));
}

/** `uuid[:tag]:interval[:interval…]`. A cookie may pass nothing else to WAIT_FOR_EXECUTED_GTID_SET. */
const GTID =
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::[a-z_][a-z0-9_]{0,31})?(?::[1-9]\d{0,18}(?:-[1-9]\d{0,18})?)+$/i;

/** Sets of a session's own writes are short; longer ones are rejected. */
const MAX_LENGTH = 512;

/**
 * Used instead of GTIDs if a session's transactions are unknown, because an earlier attempt of the same request committed the order. No
 * secondary can wait for unknown transactions, so the session reads from the primary.
 */
export const UNKNOWN_WRITE = 'unknown';

/** Whether `text` is a set of global transaction identifiers with a plausible size for one session. */
export function isGtidSet(text: string): boolean {
  return text.length > 0 && text.length <= MAX_LENGTH && text.split(',').every((gtid) => GTID.test(gtid.trim()));
}

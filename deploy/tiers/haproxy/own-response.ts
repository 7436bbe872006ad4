/** Lines that mark responses of a server; {@link IS_OWN_RESPONSE} is the condition for responses that HAProxy generated itself. */
export const MARK_SERVER_RESPONSE: readonly string[] = ['    http-response set-var(txn.answered) bool(true)'];

export const IS_OWN_RESPONSE = '!{ var(txn.answered) -m bool }';

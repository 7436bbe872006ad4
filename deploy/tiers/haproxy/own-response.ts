/** Lines that tell a server's response from one that HAProxy made because there was none; {@link IS_OWN_RESPONSE} is the condition afterwards. */
export const ANSWERED: readonly string[] = ['    http-response set-var(txn.answered) bool(true)'];

export const IS_OWN_RESPONSE = '!{ var(txn.answered) -m bool }';

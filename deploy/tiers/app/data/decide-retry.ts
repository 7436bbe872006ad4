/**
 * Why a statement failed, for the decision about a retry.
 * - `deadlock`: the server rolled this transaction back in favour of another; the route is healthy.
 * - `lock-wait`: a row is locked by a transaction that may belong to a lost session.
 * - `lost`: the connection broke, could not be opened, or timed out; the outcome of the last statement is unknown.
 * - `read-only`: the server is not (or no longer) the primary.
 * - `group`: Group Replication rejected or rolled back the commit.
 * - `busy`: too many connections or waiting callers.
 * - `none`: the statement itself is wrong; a retry would fail too.
 */
export type RetryReason = 'deadlock' | 'lock-wait' | 'lost' | 'read-only' | 'group' | 'busy' | 'none';

/** Server error numbers (MySQL 9.7 error reference) that are worth a retry. */
const BY_NUMBER: ReadonlyMap<number, RetryReason> = new Map<number, RetryReason>([
  [1213, 'deadlock'], // ER_LOCK_DEADLOCK
  [1205, 'lock-wait'], // ER_LOCK_WAIT_TIMEOUT
  [3572, 'lock-wait'], // ER_LOCK_NOWAIT
  [1290, 'read-only'], // ER_OPTION_PREVENTS_STATEMENT: --super-read-only
  [1792, 'read-only'], // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  [1836, 'read-only'], // ER_READ_ONLY_MODE
  [3100, 'group'], // ER_RUN_HOOK_ERROR: before_commit, for example "not ONLINE"
  [3101, 'group'], // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: certification conflict, or the server left the group
  [3796, 'group'], // ER_GRP_HOLD_WAIT_TIMEOUT
  [3797, 'group'], // ER_GRP_HOLD_MEMBER_STATUS_ERROR
  [3798, 'group'], // ER_GRP_TRX_CONSISTENCY_NOT_ALLOWED
  [4094, 'group'], // ER_OPERATION_NOT_ALLOWED_WHILE_PRIMARY_CHANGE_IS_RUNNING
  [1040, 'busy'], // ER_CON_COUNT_ERROR
  [1203, 'busy'], // ER_TOO_MANY_USER_CONNECTIONS
  [1053, 'lost'], // ER_SERVER_SHUTDOWN
  [1077, 'lost'], // ER_NORMAL_SHUTDOWN
  [1079, 'lost'], // ER_SHUTDOWN_COMPLETE
  [1129, 'lost'], // ER_HOST_IS_BLOCKED
  [1158, 'lost'], // ER_NET_READ_ERROR
  [1159, 'lost'], // ER_NET_READ_INTERRUPTED
  [1160, 'lost'], // ER_NET_ERROR_ON_WRITE
  [1161, 'lost'], // ER_NET_WRITE_INTERRUPTED
  [1317, 'lost'], // ER_QUERY_INTERRUPTED: killed
  [1927, 'lost'], // ER_CONNECTION_KILLED
  [3024, 'lost'], // ER_QUERY_TIMEOUT: max_execution_time
  [3169, 'lost'], // ER_SESSION_WAS_KILLED
  [3168, 'lost'], // ER_SERVER_ISNT_AVAILABLE
  [4031, 'lost'], // ER_CLIENT_INTERACTION_TIMEOUT
]);

/** Error codes of sockets, the driver and this application's pool. */
const BY_CODE: ReadonlyMap<string, RetryReason> = new Map<string, RetryReason>([
  ['PROTOCOL_CONNECTION_LOST', 'lost'],
  ['PROTOCOL_SEQUENCE_TIMEOUT', 'lost'],
  ['STATEMENT_TIMEOUT', 'lost'],
  ['CONNECT_TIMEOUT', 'lost'],
  ['ECONNREFUSED', 'lost'],
  ['ECONNRESET', 'lost'],
  ['ECONNABORTED', 'lost'],
  ['ETIMEDOUT', 'lost'],
  ['EHOSTUNREACH', 'lost'],
  ['ENETUNREACH', 'lost'],
  ['EPIPE', 'lost'],
  ['HANDSHAKE_SSL_ERROR', 'lost'],
  ['POOL_TIMEOUT', 'busy'],
  ['POOL_FULL', 'busy'],
]);

/** Decides whether and why to retry. Errors that the driver marks as fatal broke the connection, whatever their code. */
export function decideRetry(error: unknown): RetryReason {
  if (!(error instanceof Error)) return 'none';
  const { errno, code, fatal } = error as Error & { errno?: unknown; code?: unknown; fatal?: unknown };
  const byNumber = typeof errno === 'number' ? BY_NUMBER.get(errno) : undefined;
  if (byNumber !== undefined) return byNumber;
  const byCode = typeof code === 'string' ? BY_CODE.get(code) : undefined;
  if (byCode !== undefined) return byCode;
  // A server error that rejects the session (wrong password, unknown database) is fatal too, but a retry does not help.
  if (fatal === true && (typeof errno !== 'number' || errno < 1000)) return 'lost';
  return 'none';
}

/** Whether the connection must not be used again. */
export function isConnectionSpent(reason: RetryReason): boolean {
  return reason === 'lost' || reason === 'read-only' || reason === 'group';
}

/** Delay before retry number `attempt` (from 1): exponential, with full jitter above a minimum. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(250, 10 * 2 ** attempt);
  return Math.round(5 + random() * ceiling);
}

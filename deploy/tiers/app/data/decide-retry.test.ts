import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PoolError } from './connection-pool.ts';
import { StatementTimeout } from './db-connection.ts';
import { backoffMs, decideRetry, isConnectionSpent } from './decide-retry.ts';

const serverError = (errno: number, fields: object = {}): Error => Object.assign(new Error('x'), { errno, ...fields });
const socketError = (code: string): Error => Object.assign(new Error('x'), { code, errno: -111, fatal: true });

describe('decideRetry', () => {
  it.each([
    [serverError(1213), 'deadlock'],
    [serverError(1205), 'lock-wait'],
    [serverError(1290), 'read-only'],
    [serverError(1836), 'read-only'],
    [serverError(3100), 'group'],
    [serverError(3101), 'group'],
    [serverError(4094), 'group'],
    [serverError(1053), 'lost'],
    [serverError(3024), 'lost'],
    [serverError(1040, { fatal: true }), 'busy'],
    [socketError('ECONNREFUSED'), 'lost'],
    [socketError('ECONNRESET'), 'lost'],
    [socketError('SOMETHING_NEW'), 'lost'],
    [Object.assign(new Error('x'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }), 'lost'],
    [new StatementTimeout(500), 'lost'],
    [new PoolError('POOL_TIMEOUT', 'x'), 'busy'],
    [new PoolError('POOL_CLOSED', 'x'), 'none'],
    [serverError(1062), 'none'],
    [serverError(1064), 'none'],
    [serverError(1045, { fatal: true }), 'none'],
    [new Error('a programming error'), 'none'],
    ['not an error', 'none'],
  ])('classifies %o as %s', (error, reason) => {
    expect(decideRetry(error)).toBe(reason);
  });

  it('keeps a connection after a deadlock, a lock wait, overload or a wrong statement', () => {
    expect((['deadlock', 'lock-wait', 'busy', 'none'] as const).map(isConnectionSpent)).not.toContain(true);
    expect((['lost', 'read-only', 'group'] as const).map(isConnectionSpent)).not.toContain(false);
  });
});

describe('backoffMs', () => {
  it('stays between 5 ms and 255 ms for every attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const ms = backoffMs(attempt, () => random);
        expect(ms).toBeGreaterThanOrEqual(5);
        expect(ms).toBeLessThanOrEqual(255);
      }),
    );
  });
});

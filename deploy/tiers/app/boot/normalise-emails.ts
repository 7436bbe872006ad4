import type { DbConnection } from '../data/db-connection.ts';
import { numberOf, textOf } from '../data/row.ts';
import { normaliseEmail } from '../shop/email.ts';

interface UserAddress {
  readonly id: number;
  readonly email: string;
}

interface EmailPlan {
  /** Users whose address must change, with the normalised address. */
  readonly changes: readonly UserAddress[];
  /** Conflicts that need a manual decision. They contain user IDs instead of addresses, because they are logged. */
  readonly problems: readonly string[];
}

const STATEMENT_MS = 30_000;

/** Plans the changes, and reports addresses that cannot be normalised. */
export function planEmails(users: readonly UserAddress[]): EmailPlan {
  const normalised = users.map(({ id, email }) => ({ id, before: email, email: normaliseEmail(email) }));
  const refused = normalised.filter(({ email }) => email === undefined).map(({ id }) => id);
  const owners = Map.groupBy(
    normalised.filter(({ email }) => email !== undefined),
    ({ email }) => email,
  );
  const duplicates = [...owners.values()].filter((sharing) => sharing.length > 1);
  return {
    changes: normalised.flatMap(({ id, before, email }) =>
      email === undefined || email === before ? [] : [{ id, email }],
    ),
    problems: [
      ...refused.map((id) => `user ${id} has an address with invisible or decomposed characters`),
      ...duplicates.map((sharing) => `users ${sharing.map(({ id }) => id).join(', ')} would have the same address`),
    ],
  };
}

/** Normalises the addresses of all users. */
export const NORMALISE_EMAILS = {
  check: async (connection: DbConnection): Promise<readonly string[]> =>
    planEmails(await readUsers(connection)).problems,
  apply: async (connection: DbConnection): Promise<void> => {
    const { changes } = planEmails(await readUsers(connection));
    if (changes.length === 0) return;
    await connection.query('START TRANSACTION', [], STATEMENT_MS);
    for (const { id, email } of changes) {
      await connection.query('UPDATE users SET email = ? WHERE id = ?', [email, id], STATEMENT_MS);
    }
    await connection.query('COMMIT', [], STATEMENT_MS);
  },
};

async function readUsers(connection: DbConnection): Promise<readonly UserAddress[]> {
  const { rows } = await connection.query('SELECT id, email FROM users ORDER BY id', [], STATEMENT_MS);
  return rows.map((row) => ({ id: numberOf(row, 'id'), email: textOf(row, 'email') }));
}

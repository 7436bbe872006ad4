import type { ReadRoute } from '../data/read-route.ts';
import { numberOf, textOf, type Row } from '../data/row.ts';
import { normaliseEmail } from './email.ts';
import { isPassword } from './password.ts';

export interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

/** A hash that matches no password. It is checked for unknown users, so that they take as long as known ones. */
const NO_USER_HASH = `scrypt$4096$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export class Users {
  readonly #reads: ReadRoute;

  constructor(reads: ReadRoute) {
    this.#reads = reads;
  }

  /** The user with this email address and password, or `undefined`. */
  async authenticate(email: string, password: string): Promise<User | undefined> {
    const row = await this.#find(normaliseEmail(email));
    const fits = await isPassword(password, row === undefined ? NO_USER_HASH : textOf(row, 'password_hash'));
    if (row === undefined || !fits) return undefined;
    return { id: numberOf(row, 'id'), email: textOf(row, 'email'), name: textOf(row, 'name') };
  }

  async #find(email: string | undefined): Promise<Row | undefined> {
    if (email === undefined) return undefined;
    const [row] = await this.#reads.read({
      operation: 'user-by-email',
      sql: 'SELECT id, email, name, password_hash FROM users WHERE email = ?',
      values: [email],
    });
    // Compared again here, so that equality does not depend on the collation of the column.
    return row === undefined || textOf(row, 'email') !== email ? undefined : row;
  }
}

import type { DbConnection } from '../data/db-connection.ts';
import { NORMALISE_EMAILS } from './normalise-emails.ts';

/** What a migration does beside its statements. */
export interface MigrationStep {
  /** What stands in the way. Asked before the first statement runs, because a statement that changed the schema cannot be taken back. */
  readonly check: (connection: DbConnection) => Promise<readonly string[]>;
  /** Runs after the statements. Can be run twice without harm, as they can. */
  readonly apply: (connection: DbConnection) => Promise<void>;
}

/** By the name of the migration's file. */
export const MIGRATION_STEPS: Readonly<Record<string, MigrationStep>> = {
  '0005-exact-identity.sql': NORMALISE_EMAILS,
};

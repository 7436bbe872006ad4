import type { DbConnection } from '../data/db-connection.ts';
import { NORMALISE_EMAILS } from './normalise-emails.ts';

/** Code of a migration, in addition to its statements. */
export interface MigrationStep {
  /** Problems that prevent the migration. Called before the first statement, because a schema change cannot be rolled back. */
  readonly check: (connection: DbConnection) => Promise<readonly string[]>;
  /** Runs after the statements. Idempotent, like them. */
  readonly apply: (connection: DbConnection) => Promise<void>;
}

/** By the name of the migration's file. */
export const MIGRATION_STEPS: Readonly<Record<string, MigrationStep>> = {
  '0005-exact-identity.sql': NORMALISE_EMAILS,
};

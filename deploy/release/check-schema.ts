import { checkAdditive } from '../tiers/app/boot/check-additive.ts';
import { makeMigration, type AppliedMigration, type Migration } from '../tiers/app/boot/migration-files.ts';

/** A migration as a release contains it. */
export interface ReleasedMigration {
  readonly name: string;
  readonly text: string;
  /** It also runs code. */
  readonly hasStep: boolean;
}

interface SchemaInput {
  /** Migrations that the database has. */
  readonly applied: readonly (AppliedMigration & { readonly name: string })[];
  /** Migrations of the release to roll out, and of the one that runs. */
  readonly to: readonly ReleasedMigration[];
  readonly from: readonly ReleasedMigration[];
  /** Checksums of migrations that earlier rollouts found to only add. */
  readonly additive: readonly string[];
}

interface SchemaCheck {
  /** Why the two releases cannot use one database; empty if they can. */
  readonly problems: readonly string[];
  /** Checksums of the migrations that the database does not have yet. */
  readonly pending: readonly string[];
}

type Parsed = Migration & Pick<ReleasedMigration, 'hasStep'>;

/**
 * Checks that a release can run beside the one before it, and that a rollback stays possible: every migration that only one of them knows must only
 * add. Pure.
 */
export function checkSchema({ applied, to, from, additive }: SchemaInput): SchemaCheck {
  const target = parse(to);
  const running = parse(from);
  const checksums = new Map(applied.map(({ version, checksum }) => [version, checksum]));
  const changed = target.filter(({ version, checksum }) => {
    const known = checksums.get(version);
    return known !== undefined && known !== checksum;
  });
  const pending = target.filter(({ version }) => !checksums.has(version));
  const unknown = applied.filter(({ version }) => !target.some((migration) => migration.version === version));
  return {
    problems: [
      ...changed.map(({ name }) => `${name}: the database has this migration with another text`),
      ...pending.flatMap((migration) => checkAdditive(migration, migration.hasStep)),
      ...unknown
        .filter(({ checksum }) => !additive.includes(checksum))
        .flatMap(({ name, checksum }) => {
          const migration = running.find((one) => one.checksum === checksum);
          if (migration === undefined)
            return [`${name}: the database has this migration, and neither release knows it`];
          return checkAdditive(migration, migration.hasStep);
        }),
    ],
    pending: pending.map(({ checksum }) => checksum),
  };
}

function parse(migrations: readonly ReleasedMigration[]): readonly Parsed[] {
  return migrations.map(({ name, text, hasStep }, index) => ({ ...makeMigration(name, text, index + 1), hasStep }));
}

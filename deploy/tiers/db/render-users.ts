import type { Topology } from '../../model/topology.ts';
import { accountsOf, REPLICATION_SECRET } from './accounts.ts';

/**
 * The statements that mysqld runs at every start, before it listens (`init_file`), one per line. The host inserts the secrets
 * (`{{secret-name}}`). They are not written to the binary log, so every node creates the same accounts without an errant transaction, which
 * Group Replication would reject. After a clone the accounts exist already and are only updated.
 */
export function renderUsers(topology: Topology): string {
  const lines = ['SET SQL_LOG_BIN = 0;'];
  for (const account of accountsOf(topology)) {
    const who = `'${account.name}'@'${account.from}'`;
    lines.push(`CREATE USER IF NOT EXISTS ${who} ACCOUNT LOCK;`);
    if (account.login.kind === 'socket') {
      lines.push(`ALTER USER ${who} IDENTIFIED WITH auth_socket AS '${account.login.unixUser}' ACCOUNT UNLOCK;`);
    } else {
      lines.push(
        `ALTER USER ${who} IDENTIFIED WITH caching_sha2_password BY {{${account.login.secret}}} REQUIRE SSL ACCOUNT UNLOCK;`,
      );
    }
    if (account.grants === undefined) continue;
    lines.push(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${who};`);
    lines.push(...account.grants.map((grant) => `GRANT ${grant} TO ${who};`));
  }
  lines.push(
    `CHANGE REPLICATION SOURCE TO SOURCE_USER = 'replication', SOURCE_PASSWORD = {{${REPLICATION_SECRET}}} FOR CHANNEL 'group_replication_recovery';`,
  );
  return `${lines.join('\n')}\n`;
}

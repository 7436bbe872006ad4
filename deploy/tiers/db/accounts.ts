import type { Topology } from '../../model/topology.ts';

/** An account of the database nodes: one per purpose, with the least privileges. */
interface Account {
  readonly name: string;
  /** Host part of the account: `localhost` or a subnet. */
  readonly from: string;
  readonly login:
    | { readonly kind: 'password'; readonly secret: string }
    /** Only processes of that Unix user on the host itself, over the socket and without a password. */
    | { readonly kind: 'socket'; readonly unixUser: string };
  /** `undefined`: the server's own grants are kept. */
  readonly grants: readonly string[] | undefined;
}

/** The schema of the reference application. Its migrations create it; grants may refer to it before. */
export const SCHEMA = 'shop';

/** Passwords of replication channels have at most 32 characters, so the password is the first 32 characters of the secret. */
export const REPLICATION_SECRET = 'db-replication-password:32';

const DML = 'SELECT, INSERT, UPDATE, DELETE';
const DDL = 'CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, TRIGGER';

/** Every account, in the order of creation. */
export function accountsOf(topology: Topology): readonly Account[] {
  const data = topology.networks.data.subnet;
  const ops = topology.networks.ops.subnet;
  return [
    { name: 'root', from: 'localhost', login: { kind: 'socket', unixUser: 'root' }, grants: undefined },
    {
      name: 'health',
      from: 'localhost',
      login: { kind: 'socket', unixUser: 'mysql' },
      grants: ['SELECT ON performance_schema.replication_group_members'],
    },
    account('app', data, [`${DML} ON ${SCHEMA}.*`]),
    account('migrate', data, [`${DML}, ${DDL} ON ${SCHEMA}.*`]),
    account('audit', data, [`SELECT ON ${SCHEMA}.*`]),
    account('monitor', data, MONITOR),
    account('monitor', ops, MONITOR),
    // SYSTEM_VARIABLES_ADMIN: group_replication_bootstrap_group cannot be set with less.
    // CONNECTION_ADMIN: the agent can connect when clients use all connections.
    account('agent', data, [
      'GROUP_REPLICATION_ADMIN, SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN ON *.*',
      'SELECT ON performance_schema.*',
    ]),
    // The commands of this machine that move the primary. CONNECTION_ADMIN: to end idle transactions, for which the server would wait.
    account('operator', data, ['GROUP_REPLICATION_ADMIN, CONNECTION_ADMIN ON *.*', 'SELECT ON performance_schema.*']),
    // BACKUP_ADMIN: required by the donor of a clone. GROUP_REPLICATION_STREAM is only for the other communication stack.
    {
      ...account('replication', data, ['REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN ON *.*']),
      login: { kind: 'password', secret: REPLICATION_SECRET },
    },
  ];
}

const MONITOR = ['PROCESS, REPLICATION CLIENT ON *.*', 'SELECT ON performance_schema.*'];

function account(name: string, from: string, grants: readonly string[]): Account {
  return { name, from, login: { kind: 'password', secret: `db-${name}-password` }, grants };
}

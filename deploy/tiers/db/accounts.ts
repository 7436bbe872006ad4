import type { Topology } from '../../model/topology.ts';

/** An account of the database nodes: one per duty, with the least rights that the duty needs. */
interface Account {
  readonly name: string;
  /** Where it may come from: an account is unknown at any other address. */
  readonly from: string;
  readonly login:
    | { readonly kind: 'password'; readonly secret: string }
    /** The process of that Unix user on the host itself, by the socket: no password exists. */
    | { readonly kind: 'socket'; readonly unixUser: string };
  /** `undefined`: the rights that the server gave are left alone. */
  readonly grants: readonly string[] | undefined;
}

/** The schema of the reference application. It is made by the application's migrations; rights may name it before. */
export const SCHEMA = 'shop';

/** A replication channel takes no password longer than 32 characters: of a longer secret the first 32 are the password. */
export const REPLICATION_SECRET = 'db-replication-password:32';

const DML = 'SELECT, INSERT, UPDATE, DELETE';
const DDL = 'CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, TRIGGER';

/** Every account, in the order in which it is made. */
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
    // CONNECTION_ADMIN: the agent gets in when the clients have used up all connections.
    account('agent', data, [
      'GROUP_REPLICATION_ADMIN, SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN ON *.*',
      'SELECT ON performance_schema.*',
    ]),
    // BACKUP_ADMIN: a donor of a clone asks for it. GROUP_REPLICATION_STREAM is left out: it is for the other communication stack.
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

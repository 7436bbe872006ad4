import { DATABASE_CONNECTIONS } from '../../model/database-connections.ts';
import { restartHost, type RenderedFile } from '../../model/rendered-file.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../../model/topology.ts';
import { renderUsers } from './render-users.ts';

/** UUID of the group in every GTID. Arbitrary, but must never change. */
const GROUP_NAME = 'b40d7ad3-5b1c-4f2e-9c55-6c1f0a7e9d01';

type Options = Readonly<Record<string, string | number>>;

/** `my.cnf` and the accounts of one database node. */
export function renderDb(topology: Topology, host: Host): readonly RenderedFile[] {
  const sections: readonly (readonly [string, Options])[] = [
    ['paths', PATHS],
    ['identity', identityOf(host)],
    ['TLS only, no name resolution', SECURITY],
    ['commits are on disk before they are acknowledged', DURABILITY],
    ['strict', STRICT],
    ['group replication', groupOf(topology, host)],
    ['low memory', LOW_MEMORY],
  ];
  const text = sections
    .map(([title, options]) => {
      const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
      return [`# ${title}`, ...lines, ''].join('\n');
    })
    .join('\n');
  return [
    { path: 'my.cnf', text: `[mysqld]\n${text}`, onChange: restartHost },
    { path: 'users.sql', text: renderUsers(topology), onChange: restartHost },
  ];
}

const PATHS: Options = {
  datadir: '/var/lib/mysql',
  socket: '/run/mysqld/mysqld.sock',
  pid_file: '/run/mysqld/mysqld.pid',
  init_file: '/run/holdfast/secrets/users.sql',
  mysqlx: 'OFF',
  log_error_verbosity: 2,
  // Suppresses two warnings: an account exists already (at every start except for the first), and the CA certificate is self-signed.
  log_error_suppression_list: 'MY-010235,MY-010068',
};

function identityOf(host: Host): Options {
  const address = addressOn(host, 'data');
  return {
    server_id: Number(/\d+$/.exec(host.name)?.[0]),
    // All addresses of the host: a node must start while its monitoring network is disconnected.
    bind_address: '0.0.0.0',
    port: PORTS.mysql,
    report_host: address,
    report_port: PORTS.mysql,
  };
}

const SECURITY: Options = {
  require_secure_transport: 'ON',
  ssl_ca: '/run/holdfast/secrets/ca-cert',
  ssl_cert: '/run/holdfast/secrets/db-cert',
  ssl_key: '/run/holdfast/secrets/db-key',
  tls_version: 'TLSv1.2,TLSv1.3',
  auto_generate_certs: 'OFF',
  caching_sha2_password_auto_generate_rsa_keys: 'OFF',
  skip_name_resolve: 'ON',
  host_cache_size: 0,
  local_infile: 'OFF',
  secure_file_priv: 'NULL',
};

const DURABILITY: Options = {
  sync_binlog: 1,
  innodb_flush_log_at_trx_commit: 1,
  gtid_mode: 'ON',
  enforce_gtid_consistency: 'ON',
  log_bin: 'binlog',
  relay_log: 'relay',
  // A node that was down for longer is provisioned by a clone.
  binlog_expire_logs_seconds: 86_400,
  max_binlog_size: '128M',
  replica_parallel_workers: 4,
  replica_preserve_commit_order: 'ON',
};

const STRICT: Options = {
  sql_mode: 'TRADITIONAL,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION',
  character_set_server: 'utf8mb4',
  collation_server: 'utf8mb4_0900_ai_ci',
  default_time_zone: "'+00:00'",
  // Group Replication certifies rows, not gaps, so gap locks would have only costs.
  transaction_isolation: 'READ-COMMITTED',
  innodb_lock_wait_timeout: 5,
  lock_wait_timeout: 60,
  // Without these, Group Replication accepts such tables and rejects the first write to them (3098): the application fails instead of the migration.
  sql_require_primary_key: 'ON',
  disabled_storage_engines: 'MyISAM,MRG_MYISAM,MEMORY,ARCHIVE,BLACKHOLE,FEDERATED',
};

function groupOf(topology: Topology, host: Host): Options {
  const seeds = hostsOf(topology, 'db').map((node) => `${addressOn(node, 'data')}:${PORTS.groupReplication}`);
  return {
    plugin_load_add: 'group_replication.so;mysql_clone.so;auth_socket.so',
    group_replication_group_name: GROUP_NAME,
    group_replication_local_address: `${addressOn(host, 'data')}:${PORTS.groupReplication}`,
    group_replication_group_seeds: seeds.join(','),
    // AUTOMATIC would allow only private ranges.
    group_replication_ip_allowlist: topology.networks.data.subnet,
    group_replication_single_primary_mode: 'ON',
    // A booting node cannot know whether to join a group or to bootstrap one. The role agents see all nodes, so they start Group Replication.
    // Until then the node is read-only, even if the statements of users.sql fail.
    group_replication_start_on_boot: 'OFF',
    super_read_only: 'ON',
    group_replication_bootstrap_group: 'OFF',
    // Failure detection is compiled in (profile.groupSuspicionMs). A suspected member is expelled without a further delay.
    group_replication_member_expel_timeout: 0,
    // A minority stops waiting and leaves the group, so that its clients get an error and the role agents can repair it.
    group_replication_unreachable_majority_timeout: Math.ceil(topology.profile.role.repairAfterMs / 1000),
    // The role agents rejoin members. If the server's own attempt starts while no group is reachable, it blocks STOP GROUP_REPLICATION for up
    // to 60 s, while it waits for a view (measured: 49 s). The server's next attempt would be five minutes later.
    group_replication_autorejoin_tries: 0,
    group_replication_exit_state_action: 'READ_ONLY',
    // A new primary applies the backlog of the old one before it serves queries, so that clients never read older data.
    group_replication_consistency: 'BEFORE_ON_PRIMARY_FAILOVER',
    group_replication_components_stop_timeout: 10,
    // Members use their certificate as servers and as clients. It must allow both, or every join fails without a reason in the log.
    group_replication_ssl_mode: 'VERIFY_CA',
    group_replication_recovery_use_ssl: 'ON',
    group_replication_recovery_ssl_ca: '/run/holdfast/secrets/ca-cert',
    group_replication_recovery_get_public_key: 'ON',
    group_replication_recovery_reconnect_interval: 2,
    // Above this lag (transactions), a clone is faster than replaying transactions.
    group_replication_clone_threshold: 50_000,
    // The minimum; by default the message cache alone may grow to 1 GiB.
    group_replication_message_cache_size: 134_217_728,
    group_replication_transaction_size_limit: 20_000_000,
  };
}

const LOW_MEMORY: Options = {
  container_aware: 'ON',
  innodb_numa_interleave: 'OFF',
  max_connections: DATABASE_CONNECTIONS.serverLimit,
  wait_timeout: 600,
  thread_cache_size: 16,
  table_open_cache: 400,
  table_definition_cache: 400,
  innodb_buffer_pool_size: '64M',
  innodb_buffer_pool_instances: 1,
  innodb_redo_log_capacity: '128M',
  innodb_log_buffer_size: '8M',
  innodb_read_io_threads: 2,
  innodb_write_io_threads: 2,
  innodb_purge_threads: 1,
  key_buffer_size: '1M',
  temptable_max_ram: '16M',
  tmp_table_size: '8M',
  performance_schema: 'ON',
  performance_schema_digests_size: 500,
  performance_schema_max_digest_length: 512,
  performance_schema_max_digest_sample_age: 0,
  performance_schema_error_size: 64,
  performance_schema_events_statements_history_long_size: 100,
  performance_schema_events_stages_history_long_size: 0,
  performance_schema_events_transactions_history_long_size: 0,
  performance_schema_events_waits_history_long_size: 0,
  performance_schema_max_table_instances: 400,
  performance_schema_max_table_handles: 600,
  performance_schema_max_index_stat: 1000,
  performance_schema_max_table_lock_stat: 400,
  performance_schema_max_thread_instances: 400,
  performance_schema_max_memory_classes: 450,
  // The server stores statement summaries for each of these. There are nine users, from few addresses.
  performance_schema_accounts_size: 32,
  performance_schema_hosts_size: 16,
  performance_schema_users_size: 16,
};

import { describe, expect, it } from 'vitest';
import { hostsOf, makeTopology, type Host } from '../../model/topology.ts';
import { accountsOf } from './accounts.ts';
import { renderDb } from './render.ts';
import { renderUsers } from './render-users.ts';

const topology = makeTopology();
const nodes = hostsOf(topology, 'db');

function optionsOf(host: Host): ReadonlyMap<string, string> {
  const text = renderDb(topology, host).find((file) => file.path === 'my.cnf')?.text ?? '';
  const pairs = text
    .split('\n')
    .filter((line) => /^\w+ = /.test(line))
    .map((line): [string, string] => [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3)]);
  return new Map(pairs);
}

describe('my.cnf', () => {
  it('differs between the nodes only in server ID and address', () => {
    const [first, ...others] = nodes.map(optionsOf);
    const differing = new Set<string>();
    for (const options of others) {
      for (const [name, value] of options) if (first?.get(name) !== value) differing.add(name);
    }
    expect([...differing].sort()).toEqual(['group_replication_local_address', 'report_host', 'server_id']);
  });

  it.each([
    ['sync_binlog', '1'],
    ['innodb_flush_log_at_trx_commit', '1'],
    ['super_read_only', 'ON'],
    ['require_secure_transport', 'ON'],
    ['group_replication_ssl_mode', 'VERIFY_CA'],
    ['group_replication_bootstrap_group', 'OFF'],
    ['group_replication_start_on_boot', 'OFF'],
    ['group_replication_member_expel_timeout', '0'],
    ['group_replication_single_primary_mode', 'ON'],
    ['sql_require_primary_key', 'ON'],
    ['disabled_storage_engines', 'MyISAM,MRG_MYISAM,MEMORY,ARCHIVE,BLACKHOLE,FEDERATED'],
    ['group_replication_ip_allowlist', topology.networks.data.subnet],
  ])('contains %s = %s', (name, value) => {
    for (const node of nodes) expect(optionsOf(node).get(name)).toBe(value);
  });

  it('lists every node as a seed', () => {
    for (const node of nodes) {
      expect(optionsOf(node).get('group_replication_group_seeds')?.split(',')).toHaveLength(nodes.length);
    }
  });
});

describe('the accounts', () => {
  it('are created without the binary log, and without making the node writable', () => {
    const text = renderUsers(topology);
    expect(text.split('\n')[0]).toBe('SET SQL_LOG_BIN = 0;');
    expect(text).not.toContain('read_only');
  });

  it('give the replication channel the password of its account, cut to the maximum length', () => {
    const uses = renderUsers(topology).match(/\{\{db-replication-password[^}]*\}\}/g);
    expect(uses).toEqual(['{{db-replication-password:32}}', '{{db-replication-password:32}}']);
  });

  it('contain a placeholder instead of each password', () => {
    const text = renderUsers(topology);
    expect(text.match(/ BY /g)).toHaveLength(
      accountsOf(topology).filter(({ login }) => login.kind === 'password').length,
    );
    for (const found of text.matchAll(/ BY (\S+) /g)) expect(found[1]).toMatch(/^\{\{db-[a-z]+-password(:32)?\}\}$/);
  });

  it('require TLS over the network, and are all restricted to a host or subnet', () => {
    for (const line of renderUsers(topology).split('\n')) {
      if (line.startsWith('ALTER USER') && !line.includes("@'localhost'")) expect(line).toContain('REQUIRE SSL');
      expect(line).not.toContain("@'%'");
    }
  });

  it('let only the agent change settings, and no account grant privileges', () => {
    for (const account of accountsOf(topology)) {
      const grants = (account.grants ?? []).join('\n');
      expect(grants).not.toMatch(/GRANT OPTION|\bALL\b|\bSUPER\b/);
      expect(grants.includes('SYSTEM_VARIABLES_ADMIN')).toBe(account.name === 'agent');
    }
  });

  it('of the application have access to one schema', () => {
    for (const account of accountsOf(topology).filter(({ name }) => ['app', 'migrate', 'audit'].includes(name))) {
      for (const grant of account.grants ?? []) expect(grant).toMatch(/ ON shop\.\*$/);
    }
  });
});

import { readSecret } from '../../deploy/stack/make-secrets.ts';
import { addressOn, hostsOf, PORTS, type Tier, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import { EXPORTER_FILES, type ReferenceExporter } from './start-reference-exporter.ts';

/** A Debian exporter, and the modules of our exporter that collect from the same server. */
export interface ExporterPair {
  readonly modules: readonly string[];
  /** The host that both collect from. */
  readonly target: string;
  /** The service on the target that collects data for our exporter. Its CPU time counts as ours. */
  readonly helperService?: string;
  readonly reference: ReferenceExporter;
  /** Matches the metrics of Debian's exporter when it has reached the server. */
  readonly reached: RegExp;
}

/** One pair for each Debian exporter, at the first host of its tier. Debian's MySQL exporter runs the collectors that match ours, where it has them. */
export async function makeExporterPairs(topology: Topology): Promise<readonly ExporterPair[]> {
  const first = (tier: Tier): { readonly name: string; readonly address: string } => {
    const [host] = hostsOf(topology, tier);
    if (host === undefined) throw new HoldfastError('invalid-topology', `There is no host of the tier ${tier}.`);
    return { name: host.name, address: addressOn(host, 'ops') };
  };
  const [db, cache, web, edge, monitor] = [first('db'), first('cache'), first('web'), first('edge'), first('monitor')];
  const valkey = `${cache.address}:${PORTS.valkey}`;
  const login = `[client]\nuser=monitor\npassword=${await secret('db-monitor-password')}\nhost=${db.address}\nport=${PORTS.mysql}\nssl-ca=${EXPORTER_FILES}/ca.pem\n`;
  return [
    {
      ...{ modules: ['mysql', 'mysql-detail'], target: db.name, reached: /^mysql_up 1$/m },
      reference: {
        ...{ name: 'mysql', port: 9104 },
        files: { 'my.cnf': login, 'ca.pem': await secret('ca-cert') },
        command: [
          'prometheus-mysqld-exporter',
          `--config.my-cnf=${EXPORTER_FILES}/my.cnf`,
          '--collect.perf_schema.replication_group_members',
          '--collect.perf_schema.replication_group_member_stats',
          '--collect.perf_schema.replication_applier_status_by_worker',
          '--collect.info_schema.innodb_metrics',
        ],
      },
    },
    {
      ...{ modules: ['valkey'], target: cache.name, reached: /^redis_up 1$/m },
      reference: {
        ...{ name: 'valkey', port: 9121 },
        files: {
          'passwords.json': JSON.stringify({ [`redis://monitor@${valkey}`]: await secret('cache-monitor-password') }),
        },
        command: [
          ...['prometheus-redis-exporter', `-redis.addr=redis://${valkey}`, '-config-command=-'],
          // A separate option, because a user in the address would be parsed as a password.
          '-redis.user=monitor',
          `-redis.password-file=${EXPORTER_FILES}/passwords.json`,
        ],
      },
    },
    {
      ...{ modules: ['nginx'], target: web.name, reached: /^nginx_up 1$/m },
      reference: {
        ...{ name: 'nginx', port: 9113, files: {} },
        command: [
          'prometheus-nginx-exporter',
          `--nginx.scrape-uri=http://${web.address}:${PORTS.nginxStatus}/stub_status`,
        ],
      },
    },
    {
      ...{
        modules: ['varnish'],
        target: edge.name,
        helperService: 'varnish-facts',
        reached: /^varnish_up(\{.*\})? 1$/m,
      },
      reference: {
        ...{ name: 'varnish', port: 9131, files: {}, beside: edge.name },
        // The Go metrics include the memory of the exporter.
        command: ['prometheus-varnish-exporter', '-n', '/proc/1/root/var/lib/varnish/cache', '-with-go-metrics'],
      },
    },
    {
      ...{ modules: ['host'], target: monitor.name, helperService: 'facts', reached: /^node_load1 /m },
      reference: {
        ...{ name: 'host', port: 9100, files: {}, beside: monitor.name },
        command: ['prometheus-node-exporter', '--path.rootfs=/proc/1/root'],
      },
    },
  ];
}

async function secret(name: string): Promise<string> {
  const text = await readSecret(PATHS.secrets, name);
  if (text !== undefined) return text.trim();
  throw new HoldfastError('stack-down', `The secret ${name} is missing.`, { fix: 'Run `./holdfast up`.' });
}

import { readSecret } from '../../deploy/make-secrets.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../../deploy/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import type { Figure } from './figure.ts';
import { buildPeers, PEER_FILES, startPeer, type Peer } from './start-peer.ts';

/** One exporter of Debian's, and the module of ours that looks at the same server. */
interface Pair {
  readonly module: string;
  readonly target: string;
  readonly peer: Peer;
}

/** Theirs and ours in turn, so that a busy moment of the machine is both's. */
const ROUNDS = 6;
const LOOKS_PER_ROUND = 40;
/** What the project promises of its exporters. */
const MOST_TIMES_THEIRS = 2;
const MOST_MEMORY_MIB = 200;

/** Compares our exporters with Debian's: on the same targets, from the same host, by their own count of processor time. */
export async function measureExporters(
  topology: Topology,
  { signal, report }: { readonly signal: AbortSignal; readonly report: (line: string) => void },
): Promise<readonly Figure[]> {
  const monitors = hostsOf(topology, 'monitor');
  const [monitor] = monitors;
  if (monitor === undefined) throw new HoldfastError('invalid-topology', 'There is no monitor host.');
  report("building the image of Debian's exporters");
  await buildPeers(signal);
  const figures: Figure[] = [];
  for (const pair of await makePairs(topology)) {
    report(`${pair.module} of ${pair.target}: ${2 * ROUNDS * LOOKS_PER_ROUND} looks`);
    figures.push(...(await measurePair(monitor, pair, signal)));
  }
  const memory = await Promise.all(
    monitors.map(async (host) => {
      const text = await look(`http://${addressOn(host, 'ops')}:${PORTS.exporter}/metrics`, signal);
      return valueOf(text, 'process_resident_memory_bytes') / 2 ** 20;
    }),
  );
  const measured = memory.reduce((sum, one) => sum + one, 0);
  return [...figures, { what: 'memory of all our exporters', measured, atMost: MOST_MEMORY_MIB, unit: 'MiB' }];
}

async function measurePair(
  monitor: Host,
  { module, target, peer }: Pair,
  signal: AbortSignal,
): Promise<readonly Figure[]> {
  const address = addressOn(monitor, 'ops');
  const own = `http://${address}:${PORTS.exporter}`;
  const theirUrl = `http://${address}:${peer.port}/metrics`;
  await using _peer = await startPeer(peer, { monitor: monitor.name, url: theirUrl, signal });
  const ours: Side = { look: `${own}/probe?module=${module}&target=${target}`, count: `${own}/metrics` };
  const theirs: Side = { look: theirUrl, count: theirUrl };
  const seconds = { ours: 0, theirs: 0 };
  // What each does for the first time is not counted.
  await Promise.all([spend(ours, signal), spend(theirs, signal)]);
  for (let round = 0; round < ROUNDS; round += 1) {
    seconds.ours += await spend(ours, signal);
    seconds.theirs += await spend(theirs, signal);
  }
  const [our, their] = await Promise.all([look(ours.look, signal), look(theirs.look, signal)]);
  if (!/^(mysql|redis|nginx)_up 1$/m.test(their))
    throw new HoldfastError('stack-not-healthy', `Debian's exporter of ${module} does not reach ${target}.`);
  const perLook = (sum: number): number => (1_000 * sum) / (ROUNDS * LOOKS_PER_ROUND);
  const what = `${module} of ${target}`;
  return [
    {
      what: `${what}: processor time of a look`,
      measured: perLook(seconds.ours),
      atMost: MOST_TIMES_THEIRS * perLook(seconds.theirs),
      unit: 'ms',
    },
    { what: `${what}: Debian's exporter`, measured: perLook(seconds.theirs), unit: 'ms' },
    { what: `${what}: series`, measured: seriesIn(our), unit: 'series' },
    { what: `${what}: series of Debian's exporter, its own included`, measured: seriesIn(their), unit: 'series' },
  ];
}

interface Side {
  readonly look: string;
  /** Where the process tells of its own processor time. */
  readonly count: string;
}

/** Processor seconds of a round of looks. */
async function spend({ look: url, count }: Side, signal: AbortSignal): Promise<number> {
  const before = valueOf(await look(count, signal), 'process_cpu_seconds_total');
  for (let at = 0; at < LOOKS_PER_ROUND; at += 1) await look(url, signal);
  return valueOf(await look(count, signal), 'process_cpu_seconds_total') - before;
}

async function look(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
  if (!response.ok) throw new HoldfastError('http', `${url} answers with ${response.status}.`);
  return response.text();
}

function valueOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? NaN);
}

function seriesIn(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

/** The first host of each tier. Debian's MySQL exporter is asked for what ours tells, where it can. */
async function makePairs(topology: Topology): Promise<readonly Pair[]> {
  const first = (tier: 'db' | 'cache' | 'web'): { readonly name: string; readonly address: string } => {
    const [host] = hostsOf(topology, tier);
    if (host === undefined) throw new HoldfastError('invalid-topology', `There is no host of the tier ${tier}.`);
    return { name: host.name, address: addressOn(host, 'ops') };
  };
  const secret = async (name: string): Promise<string> => {
    const text = await readSecret(PATHS.secrets, name);
    if (text === undefined)
      throw new HoldfastError('stack-down', `The secret ${name} is missing.`, { fix: 'Run `./holdfast up`.' });
    return text.trim();
  };
  const [db, cache, web] = [first('db'), first('cache'), first('web')];
  const valkey = `redis://monitor@${cache.address}:${PORTS.valkey}`;
  const login = `[client]\nuser=monitor\npassword=${await secret('db-monitor-password')}\nhost=${db.address}\nport=${PORTS.mysql}\nssl-ca=${PEER_FILES}/ca.pem\n`;
  const status = `http://${web.address}:${PORTS.nginxStatus}/stub_status`;
  return [
    {
      ...{ module: 'mysql', target: db.name },
      peer: {
        name: 'mysql',
        port: 9104,
        files: { 'my.cnf': login, 'ca.pem': await secret('ca-cert') },
        command: [
          'prometheus-mysqld-exporter',
          `--config.my-cnf=${PEER_FILES}/my.cnf`,
          '--collect.perf_schema.replication_group_members',
          '--collect.perf_schema.replication_group_member_stats',
          '--collect.perf_schema.replication_applier_status_by_worker',
          '--collect.info_schema.innodb_metrics',
        ],
      },
    },
    {
      ...{ module: 'valkey', target: cache.name },
      peer: {
        name: 'valkey',
        port: 9121,
        files: { 'passwords.json': JSON.stringify({ [valkey]: await secret('cache-monitor-password') }) },
        command: [
          ...['prometheus-redis-exporter', `-redis.addr=${valkey}`, '-config-command=-'],
          `-redis.password-file=${PEER_FILES}/passwords.json`,
        ],
      },
    },
    {
      ...{ module: 'nginx', target: web.name },
      peer: {
        name: 'nginx',
        port: 9113,
        files: {},
        command: ['prometheus-nginx-exporter', `--nginx.scrape-uri=${status}`],
      },
    },
  ];
}

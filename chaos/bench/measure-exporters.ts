import { buildImages } from '../../deploy/images/images.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts, type Hosts } from '../../kit/hosts.ts';
import type { Comparison, Cost } from './comparison.ts';
import type { Figure } from './figure.ts';
import { makePairs, type Pair } from './make-pairs.ts';
import { startPeer } from './start-peer.ts';

/** Theirs and ours in turn, so that a busy moment of the machine is both's. */
const ROUNDS = 6;
const LOOKS_PER_ROUND = 40;
const MOST_MEMORY_MIB = 200;

interface Options {
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

interface ExporterFigures {
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly Figure[];
}

/**
 * Compares our exporters with Debian's: on the same targets, from the same host. What Prometheus asks of ours meanwhile is counted as ours.
 * Throws `stack-not-healthy` when one of Debian's does not reach its server: nothing would be compared.
 */
export async function measureExporters(topology: Topology, { signal, report }: Options): Promise<ExporterFigures> {
  const monitors = hostsOf(topology, 'monitor');
  const [monitor] = monitors;
  if (monitor === undefined) throw new HoldfastError('invalid-topology', 'There is no monitor host.');
  await buildImages({ only: ['peers'], signal, onProgress: report });
  // Before they are hurried below.
  const ourMemory = await Promise.all(
    monitors.map(async (host) => valueOf(await look(ownUrl(host), signal), 'process_resident_memory_bytes')),
  );
  const comparisons: Comparison[] = [];
  for (const pair of await makePairs(topology)) {
    report(`${pair.modules.join(' and ')} of ${pair.target}: ${2 * ROUNDS * LOOKS_PER_ROUND} scrapes`);
    comparisons.push(await compare(monitor, pair, signal));
  }
  return {
    comparisons,
    figures: [
      { what: 'memory of all our exporters', measured: mebibytes(ourMemory), atMost: MOST_MEMORY_MIB, unit: 'MiB' },
      {
        what: "memory of Debian's, one of each",
        measured: mebibytes(comparisons.map(({ theirs }) => theirs.memoryBytes)),
        unit: 'MiB',
      },
    ],
  };
}

function ownUrl(monitor: Host, path = 'metrics'): string {
  return `http://${addressOn(monitor, 'ops')}:${PORTS.exporter}/${path}`;
}

function mebibytes(bytes: readonly number[]): number {
  return bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20;
}

async function compare(monitor: Host, pair: Pair, signal: AbortSignal): Promise<Comparison> {
  const { modules, target, peer, door } = pair;
  const theirUrl = `http://${addressOn(monitor, 'ops')}:${peer.port}/metrics`;
  await using running = await startPeer(peer, { monitor: monitor.name, url: theirUrl, signal });
  const hosts = openHosts();
  const ours: Side = {
    urls: modules.map((module) => ownUrl(monitor, `probe?module=${module}&target=${target}`)),
    cpuSeconds: async () =>
      valueOf(await look(ownUrl(monitor), signal), 'process_cpu_seconds_total') +
      (door === undefined ? 0 : await readDoorSeconds(hosts, { host: target, service: door })),
  };
  const theirs: Side = { urls: [theirUrl], cpuSeconds: () => running.cpuSeconds() };
  const seconds = { ours: 0, theirs: 0 };
  // What each does for the first time is not counted.
  await Promise.all([spend(ours, signal), spend(theirs, signal)]);
  for (let round = 0; round < ROUNDS; round += 1) {
    seconds.ours += await spend(ours, signal);
    seconds.theirs += await spend(theirs, signal);
  }
  const our = (await Promise.all(ours.urls.map((url) => look(url, signal)))).join('\n');
  const their = await look(theirUrl, signal);
  if (!pair.reached.test(their))
    throw new HoldfastError('stack-not-healthy', `Debian's exporter ${peer.name} cannot reach ${target}.`);
  const costOf = (cpuSeconds: number, text: string): Cost => ({
    cpuMs: (1_000 * cpuSeconds) / (ROUNDS * LOOKS_PER_ROUND),
    series: countSeries(text),
  });
  return {
    module: modules.join(' + '),
    target,
    ours: costOf(seconds.ours, our),
    theirs: { ...costOf(seconds.theirs, their), memoryBytes: valueOf(their, 'process_resident_memory_bytes') },
  };
}

interface Side {
  /** What one scrape asks for. */
  readonly urls: readonly string[];
  /** Processor seconds spent so far. */
  readonly cpuSeconds: () => Promise<number>;
}

/** Processor seconds of a round of scrapes. */
async function spend({ urls, cpuSeconds }: Side, signal: AbortSignal): Promise<number> {
  const before = await cpuSeconds();
  for (let at = 0; at < LOOKS_PER_ROUND; at += 1) for (const url of urls) await look(url, signal);
  return (await cpuSeconds()) - before;
}

/** The kernel counts the time of a process in hundredths of a second for whoever asks. */
const TICKS_PER_SECOND = 100;

/** Processor seconds of a service that runs a program for each connection, those programs included. */
async function readDoorSeconds(
  hosts: Hosts,
  { host, service }: { readonly host: string; readonly service: string },
): Promise<number> {
  const { code, stdout, stderr } = await hosts.exec(host, [
    ...['sh', '-c', 'read -r line <"/proc/$(s6-svstat -o pid "/etc/s6/$1")/stat" && echo "$line"', 'sh', service],
  ]);
  if (code !== 0)
    throw new HoldfastError('docker', `Could not read the processes of ${service} on ${host}: ${stderr.trim()}`);
  // After the name, which may hold anything, in brackets: state is field 3, utime to cstime are 14 to 17.
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(14 - 3, 17 - 3 + 1).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

async function look(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
  if (!response.ok) throw new HoldfastError('http', `${url} answers with ${response.status}.`);
  return response.text();
}

function valueOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? NaN);
}

/** Series of the target: what an exporter tells of its own process is left out. */
function countSeries(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !/^(#|go_|process_|promhttp_)/.test(line)).length;
}

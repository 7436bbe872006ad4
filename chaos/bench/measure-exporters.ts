import { buildImages } from '../../deploy/images/images.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts, type Hosts } from '../../kit/hosts.ts';
import type { Comparison, Cost } from './comparison.ts';
import type { Figure } from './figure.ts';
import { makeExporterPairs, type ExporterPair } from './make-exporter-pairs.ts';
import { startReferenceExporter } from './start-reference-exporter.ts';

/** Rounds alternate between the two exporters, so that load on the machine affects both. */
const ROUNDS = 6;
const SCRAPES_PER_ROUND = 40;
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
 * Compares our exporters with Debian's, on the same targets and from the same host. Prometheus keeps scraping ours, and the CPU time of these scrapes
 * counts as ours. Throws `stack-not-healthy` when a Debian exporter does not reach its server.
 */
export async function measureExporters(topology: Topology, { signal, report }: Options): Promise<ExporterFigures> {
  const monitors = hostsOf(topology, 'monitor');
  const [monitor] = monitors;
  if (monitor === undefined) throw new HoldfastError('invalid-topology', 'There is no monitor host.');
  await buildImages({ only: ['peers'], signal, onProgress: report });
  // Read before the rounds below, which raise it.
  const ourMemory = await Promise.all(
    monitors.map(async (host) => valueOf(await scrape(ownUrl(host), signal), 'process_resident_memory_bytes')),
  );
  const comparisons: Comparison[] = [];
  for (const pair of await makeExporterPairs(topology)) {
    report(`${pair.modules.join(' and ')} of ${pair.target}: ${2 * ROUNDS * SCRAPES_PER_ROUND} scrapes`);
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

async function compare(monitor: Host, pair: ExporterPair, signal: AbortSignal): Promise<Comparison> {
  const { modules, target, reference, helperService } = pair;
  const theirUrl = `http://${addressOn(monitor, 'ops')}:${reference.port}/metrics`;
  await using running = await startReferenceExporter(reference, { monitor: monitor.name, url: theirUrl, signal });
  const hosts = openHosts();
  const ours: Side = {
    urls: modules.map((module) => ownUrl(monitor, `probe?module=${module}&target=${target}`)),
    cpuSeconds: async () =>
      valueOf(await scrape(ownUrl(monitor), signal), 'process_cpu_seconds_total') +
      (helperService === undefined ? 0 : await readServiceCpuSeconds(hosts, { host: target, service: helperService })),
  };
  const theirs: Side = { urls: [theirUrl], cpuSeconds: () => running.cpuSeconds() };
  const seconds = { ours: 0, theirs: 0 };
  // A warm-up round, which is not counted.
  await Promise.all([measureRound(ours, signal), measureRound(theirs, signal)]);
  for (let round = 0; round < ROUNDS; round += 1) {
    seconds.ours += await measureRound(ours, signal);
    seconds.theirs += await measureRound(theirs, signal);
  }
  const ourMetrics = (await Promise.all(ours.urls.map((url) => scrape(url, signal)))).join('\n');
  const theirMetrics = await scrape(theirUrl, signal);
  if (!pair.reached.test(theirMetrics))
    throw new HoldfastError('stack-not-healthy', `Debian's exporter ${reference.name} cannot reach ${target}.`);
  const costOf = (cpuSeconds: number, text: string): Cost => ({
    cpuMs: (1_000 * cpuSeconds) / (ROUNDS * SCRAPES_PER_ROUND),
    series: countSeries(text),
  });
  return {
    module: modules.join(' + '),
    target,
    ours: costOf(seconds.ours, ourMetrics),
    theirs: {
      ...costOf(seconds.theirs, theirMetrics),
      memoryBytes: valueOf(theirMetrics, 'process_resident_memory_bytes'),
    },
  };
}

interface Side {
  /** The requests of one scrape. */
  readonly urls: readonly string[];
  /** CPU seconds used so far. */
  readonly cpuSeconds: () => Promise<number>;
}

/** CPU seconds of a round of scrapes. */
async function measureRound({ urls, cpuSeconds }: Side, signal: AbortSignal): Promise<number> {
  const before = await cpuSeconds();
  for (let at = 0; at < SCRAPES_PER_ROUND; at += 1) for (const url of urls) await scrape(url, signal);
  return (await cpuSeconds()) - before;
}

/** `/proc/<pid>/stat` has CPU times in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU seconds of a service, including the programs that it has run, one for each connection. */
async function readServiceCpuSeconds(
  hosts: Hosts,
  { host, service }: { readonly host: string; readonly service: string },
): Promise<number> {
  const { code, stdout, stderr } = await hosts.exec(host, [
    ...['sh', '-c', 'read -r line <"/proc/$(s6-svstat -o pid "/etc/s6/$1")/stat" && echo "$line"', 'sh', service],
  ]);
  if (code !== 0)
    throw new HoldfastError('docker', `Could not read the processes of ${service} on ${host}: ${stderr.trim()}`);
  // Skips the name, which is in parentheses and may contain spaces. State is field 3, utime to cstime are 14 to 17.
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(14 - 3, 17 - 3 + 1).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

async function scrape(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
  if (!response.ok) throw new HoldfastError('http', `${url} answers with ${response.status}.`);
  return response.text();
}

function valueOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? NaN);
}

/** Series about the target, without the exporter's metrics about its own process. */
function countSeries(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !/^(#|go_|process_|promhttp_)/.test(line)).length;
}

import { type Command, Option } from 'commander';
import { addressOn, hostsOf, PORTS, type Topology } from '../deploy/model/topology.ts';
import { EXIT } from '../kit/errors.ts';
import { renderProblems } from '../kit/problem.ts';
import { requireNetwork } from '../kit/require-network.ts';
import { CATALOG, type Source } from './catalog/catalog.ts';
import { checkCatalog } from './catalog/check-catalog.ts';
import { checkLive } from './catalog/check-live.ts';
import { findUnused } from './catalog/find-unused.ts';
import type { LabelValues } from './catalog/metric.ts';
import { RESERVED } from './catalog/reserved.ts';
import { readExposed, readMonitoredMs } from './catalog/read-exposed.ts';

interface CommandContext {
  readonly topology: Topology;
  readonly signal: AbortSignal;
  /** All PromQL expressions of rules and dashboards. */
  readonly expressions: () => readonly string[];
}

interface MetricsFlags {
  readonly check?: boolean;
  readonly unused?: boolean;
  readonly json?: boolean;
}

/** `metrics`. */
export function registerExporterCommands(program: Command, { topology, signal, expressions }: CommandContext): void {
  program
    .command('metrics')
    .description('show the metric catalogue: every metric that rules and dashboards may use')
    .option('--check', 'compare the catalogue with what the running stack exposes')
    .addOption(new Option('--unused', 'list our metrics that no rule and no dashboard uses').conflicts('check'))
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExit codes of --check: 0 no difference, 1 a difference, 2 a difference while the stack is still starting.',
    )
    .action(async ({ check, unused, json }: MetricsFlags) => {
      if (unused === true) {
        const found = findUnused(expressions());
        const text = found.map(({ job, names }) => [job, ...names.map((name) => `  ${name}`)].join('\n')).join('\n\n');
        console.log(json === true ? JSON.stringify(found, undefined, 2) : text);
        return;
      }
      if (check !== true) {
        const reserved: Source = { job: 'reserved, not exposed yet', coverage: 'complete', metrics: RESERVED };
        const all = [...CATALOG, reserved];
        console.log(json === true ? JSON.stringify(all, undefined, 2) : all.map(renderSource).join('\n\n'));
        return;
      }
      requireNetwork(topology.networks.ops);
      const [monitor] = hostsOf(topology, 'monitor');
      const url = monitor === undefined ? '' : `http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`;
      const problems = [...checkCatalog(), ...checkLive(await readExposed(url, signal))];
      const count = CATALOG.reduce((sum, { metrics }) => sum + Object.keys(metrics).length, 0);
      const text = renderProblems(problems) || `${count} metrics of ${CATALOG.length} jobs are as the catalogue says.`;
      console.log(json === true ? JSON.stringify(problems, undefined, 2) : text);
      if (problems.length === 0) return;
      process.exitCode = EXIT.violated;
      const leftMs = 2 * topology.profile.monitoring.slowScrapeIntervalMs - (await readMonitoredMs(url, signal));
      if (leftMs <= 0) return;
      const again = `check again in ${Math.ceil(leftMs / 1_000)} s`;
      console.error(`The stack has just come up and may not be scraped whole yet: ${again}.`);
      process.exitCode = EXIT.unknown;
    });
}

function renderSource({ job, metrics }: Source): string {
  const rows = Object.entries(metrics).map(([name, { type, unit, labels, help }]) => {
    const named = Object.entries(labels).map(([label, values]) => `${label}=${renderValues(values)}`);
    return `  ${name} (${type}${unit === '1' ? '' : `, ${unit}`})${named.length === 0 ? '' : `  ${named.join('  ')}`}\n      ${help}`;
  });
  return [job, ...rows].join('\n');
}

function renderValues(values: LabelValues): string {
  return 'atMost' in values ? `≤ ${values.atMost} ${values.from}` : values.join('|');
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { addressOn, hostsOf, PORTS, type Topology } from '../deploy/model/topology.ts';
import { HoldfastError } from '../kit/errors.ts';
import { STATE } from '../kit/paths.ts';
import { openProgress } from '../kit/progress.ts';
import { requireNetwork } from '../kit/require-network.ts';
import { exitCodeOf, mergeVerdicts } from '../kit/verdict.ts';
import { dataPanelsOf } from './board.ts';
import { BOARDS } from './boards.ts';
import { fillBoards } from './preview/fill-boards.ts';
import { renderPreview } from './preview/render-preview.ts';
import { lintContextOf } from './topology-lint-context.ts';
import { openPanelSource, WINDOW_SECONDS } from './verify/panel-source.ts';
import { verifyStack, type StackFindings } from './verify/verify-stack.ts';

interface CommandContext {
  readonly topology: Topology;
  readonly signal: AbortSignal;
}

interface JsonOption {
  readonly json?: boolean;
}

const VERIFY_EXIT_CODES =
  '\nExit codes: 0 every query returns data as declared, 1 a query fails or returns no data, 2 a monitor does not respond.';

/** `dashboards list`, `dashboards verify` and `dashboards preview`. */
export function registerDashboardCommands(program: Command, { topology, signal }: CommandContext): void {
  const dashboards = program.command('dashboards').description('list, verify and preview the Grafana dashboards');
  dashboards
    .command('list')
    .description('list all dashboards and the question that each one answers')
    .option('--json', 'print the list as JSON')
    .action(({ json }: JsonOption) => {
      console.log(json === true ? JSON.stringify(BOARDS.map(summary), undefined, 2) : renderList());
    });
  dashboards
    .command('verify')
    .description('run every panel, variable and annotation query against the running stack')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', VERIFY_EXIT_CODES)
    .action(async ({ json }: JsonOption) => {
      requireNetwork(topology.networks.ops);
      const progress = openProgress();
      const findings = await verifyStack({ topology, boards: BOARDS, signal, onProgress: progress.report }).finally(
        progress.stop,
      );
      const verdict = mergeVerdicts(findings.map((finding) => finding.verdict));
      console.log(json === true ? JSON.stringify({ verdict, findings }, undefined, 2) : renderFindings(findings));
      process.exitCode = exitCodeOf(verdict);
    });
  dashboards
    .command('preview')
    .description('write an HTML page with all dashboards and their latest data; needs no Grafana')
    .option('--out <file>', 'path of the page', join(STATE, 'boards.html'))
    .action(async ({ out }: { readonly out: string }) => {
      requireNetwork(topology.networks.ops);
      const [monitor] = hostsOf(topology, 'monitor');
      const url = monitor === undefined ? '' : `http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`;
      const source = openPanelSource(url, signal);
      const answer = await source.instant('up');
      if (answer.kind === 'unreachable') {
        throw new HoldfastError('http', answer.why, {
          fix: 'Start the stack with `./holdfast up`.',
        });
      }
      const toS = Math.floor(Date.now() / 1000);
      const filled = await fillBoards(BOARDS, source, topology.profile.monitoring);
      await writeFile(out, renderPreview(filled, lintContextOf(topology), { fromS: toS - WINDOW_SECONDS, toS }));
      console.log(out);
    });
  for (const command of dashboards.commands) {
    command.showHelpAfterError(`Run \`./holdfast dashboards ${command.name()} --help\` for its options.`);
  }
}

function summary(board: (typeof BOARDS)[number]): object {
  const { uid, title, question } = board;
  const panels = dataPanelsOf(board);
  return { uid, title, question, panels: panels.length, queries: panels.flatMap(({ queries }) => queries).length };
}

function renderList(): string {
  const widths = Math.max(...BOARDS.map(({ uid }) => uid.length));
  return BOARDS.map((board) => {
    const count = String(dataPanelsOf(board).length).padStart(3);
    return `${board.uid.padEnd(widths)}  ${count} panels  ${board.question}`;
  }).join('\n');
}

/** Findings that did not hold, one per line, and counts, including queries that are empty for a valid reason. */
export function renderFindings(findings: StackFindings): string {
  const bad = findings.filter(({ verdict }) => verdict !== 'held');
  const lines = bad.map(({ verdict, monitor, board, panel, query, said, expr }) => {
    const where = [board, panel, query].filter((part) => part !== '').join(' / ');
    return `${verdict}: ${where} ${said} (${monitor})${expr === '' ? '' : `\n    ${expr}`}`;
  });
  const empty = findings.filter(({ verdict, said }) => verdict === 'held' && said.startsWith('has no data')).length;
  const counts = `${findings.length - bad.length} of ${findings.length} queries give what they should, ${empty} of them nothing because nothing is to be shown.`;
  return [...lines, counts].join('\n');
}

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
import { worldOf } from './topology-lint-context.ts';
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
  '\nExit code: 0 every query gives what it should, 1 one fails or has no data, 2 a monitor could not be asked.';

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
      const asked = await source.now('up');
      if (asked.kind === 'unreachable') {
        throw new HoldfastError('http', asked.why, {
          fix: 'Start the stack with `./holdfast up`.',
        });
      }
      const toS = Math.floor(Date.now() / 1000);
      const filled = await fillBoards(BOARDS, source, topology.profile.monitoring);
      await writeFile(out, renderPreview(filled, worldOf(topology), { fromS: toS - WINDOW_SECONDS, toS }));
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

/** What did not hold, one a line, and a count. Empty ones that may be empty are counted, too. */
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

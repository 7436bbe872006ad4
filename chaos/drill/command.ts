import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { CommandContext } from '../../deploy/commands.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import { openProgress } from '../../kit/progress.ts';
import { requireNetwork } from '../../kit/require-network.ts';
import { exitCodeOf } from '../../kit/verdict.ts';
import { makeDrillAlert } from './drill-alert.ts';
import { renderDrill } from './render-drill.ts';
import { runDrill } from './run-drill.ts';

const DEADLINE_MS = 60_000;

/** Registers `holdfast drill`. */
export function registerDrillCommand(program: Command, { topology, signal }: CommandContext): void {
  program
    .command('drill')
    .description('send a test alert through Alertmanager to the mailbox and show each step; injects no fault')
    .argument('<alert>', 'alert name, such as AppHostLost')
    .option('--host <host>', 'value of the label host')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 both mails arrived exactly once, 1 they did not, 2 the mailbox cannot be read.',
    )
    .action(async (name: string, { host, json }: { readonly host?: string; readonly json?: boolean }) => {
      const alert = makeDrillAlert(topology, { name, host, id: `drill-${randomUUID()}` });
      requireNetwork(topology.networks.ops);
      const progress = openProgress();
      progress.report(`${name} is sent as a drill`);
      const result = await runDrill({
        ...{ alert, signal, ...pathOf(topology), deadlineMs: DEADLINE_MS },
        onStep: (step) => {
          progress.report(`${step.name} ${step.note}`);
        },
      }).finally(progress.stop);
      console.log(
        json === true
          ? JSON.stringify({ alert: name, labels: alert.labels, ...result }, undefined, 2)
          : renderDrill(name, result),
      );
      process.exitCode = exitCodeOf(result.verdict);
    });
}

/** Both ends of the alert delivery path: the Alertmanagers and the mailbox. */
export function pathOf(topology: Topology): {
  readonly alertmanagers: readonly { readonly host: string; readonly url: string }[];
  readonly mailboxUrl: string;
} {
  const [mail] = hostsOf(topology, 'mail');
  return {
    alertmanagers: hostsOf(topology, 'monitor').map((host) => ({
      host: host.name,
      url: `http://${addressOn(host, 'ops')}:${PORTS.alertmanager}`,
    })),
    mailboxUrl: mail === undefined ? '' : `http://${addressOn(mail, 'ops')}:${PORTS.mailbox}`,
  };
}

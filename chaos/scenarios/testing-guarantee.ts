import type { StackContext } from '../../deploy/observe/observation.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { PATHS } from '../../kit/paths.ts';
import { proveNotificationPath } from '../alert-expectations/notification-path.ts';
import type { Guarantee } from '../guarantees/guarantee.ts';
import { openJournal } from '../journal/journal.ts';
import { judgeExperiment } from '../runner/judge-experiment.ts';
import type { GuaranteeOutcome } from '../runner/outcome.ts';
import { runExperiment } from '../runner/run-experiment.ts';

/** Runs and judges one experiment on the real stack. `topology` is that of the stack itself, even if `world` has another one. */
export async function proveGuarantee(
  guarantee: Guarantee,
  {
    world,
    topology,
    signal,
  }: { readonly world: StackContext; readonly topology: Topology; readonly signal: AbortSignal },
): Promise<GuaranteeOutcome> {
  const startedAt = Date.now();
  const runId = `sabotage-${startedAt}`;
  const evidence = await runExperiment({
    ...{ world, journal: openJournal(PATHS.journal), guarantee, runId, signal },
    notificationPath: proveNotificationPath({ topology, runId: `probe-${runId}`, signal }),
    rate: 60,
    runs: PATHS.runs,
    onEvent: () => undefined,
  });
  return judgeExperiment(guarantee, evidence, {
    topology,
    prediction: guarantee.predict(topology),
    startedAt,
    endedAt: Date.now(),
  });
}

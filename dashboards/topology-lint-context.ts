import { makeAlerts } from '../alerts/alerts.ts';
import { recordedNames } from '../alerts/render-rules.ts';
import type { Topology } from '../deploy/model/topology.ts';
import { seriesOf } from '../exporters/catalog/catalog.ts';
import { BOARDS } from './boards.ts';
import { makeLintContext, type LintContext } from './lint-context.ts';

/** The lint context of a topology. */
export function lintContextOf(topology: Topology): LintContext {
  return makeLintContext({
    boards: new Map(BOARDS.map((board) => [board.uid, board])),
    alerts: new Map(makeAlerts(topology).map((alert) => [alert.name, alert])),
    series: seriesOf(),
    recorded: recordedNames(topology),
  });
}

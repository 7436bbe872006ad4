import { makeAlerts } from '../alerts/alerts.ts';
import { recordedNames } from '../alerts/render-rules.ts';
import type { Topology } from '../deploy/model/topology.ts';
import { seriesOf } from '../exporters/catalog/catalog.ts';
import { BOARDS } from './boards.ts';
import { makeWorld, type World } from './lint-context.ts';

/** The boards, alerts and metrics of a topology. */
export function worldOf(topology: Topology): World {
  return makeWorld({
    boards: new Map(BOARDS.map((board) => [board.uid, board])),
    alerts: new Map(makeAlerts(topology).map((alert) => [alert.name, alert])),
    series: seriesOf(),
    recorded: recordedNames(topology),
  });
}

import { seriesOf } from '../exporters/catalog/catalog.ts';
import type { Topology } from '../deploy/model/topology.ts';
import type { Alert } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { plotsOf, unitOf, type Plot } from './plot.ts';

/** `plots.json`, which notifiers read: what to draw of each alert, by its name. The shape is `agents/notifier/chart/plot-table.ts`'s. */
export function renderPlots(topology: Topology): string {
  const series = seriesOf();
  const table = makeAlerts(topology)
    .filter(({ severity }) => severity !== 'none')
    .map(
      (alert) =>
        [alert.name, plotsOfAlert(alert).map((plot) => ({ ...plot, unit: unitOf(plot.query, series) }))] as const,
    );
  return `${JSON.stringify(Object.fromEntries(table), undefined, 2)}\n`;
}

/** What is drawn of an alert: as it says, or as its expression says. */
export function plotsOfAlert(alert: Alert): readonly Plot[] {
  return alert.plots ?? plotsOf(alert.expr);
}

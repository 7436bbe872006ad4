import { seriesOf } from '../exporters/catalog/catalog.ts';
import type { Topology } from '../deploy/model/topology.ts';
import type { Alert } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { plotsOf, unitOf, type Plot } from './plot.ts';

/** `plots.json`, which notifiers read: the charts of each alert, by its name. `agents/notifier/chart/plot-table.ts` defines the format. */
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

/** Charts of an alert: its own ones, or those of its expression. */
export function plotsOfAlert(alert: Alert): readonly Plot[] {
  return alert.plots ?? plotsOf(alert.expr);
}

import type { DataQuery } from '@grafana/schema';
import { seriesIn } from '../../exporters/promql/check-promql.ts';
import { BUILT_IN, substitute } from '../substitute.ts';
import type { DataPanel } from '../board.ts';
import { DATASOURCE } from './datasource.ts';

/** A query of Grafana's Prometheus data source. */
export interface PrometheusTarget extends DataQuery {
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  readonly instant: boolean;
  readonly range: boolean;
  readonly exemplar: boolean;
  readonly editorMode: 'code';
}

/** Whether a panel uses instant queries instead of range queries. */
export function isInstant(kind: DataPanel['kind']): boolean {
  return kind === 'stat' || kind === 'table';
}

/** Whether an expression reads histogram buckets, which have exemplars. */
export function readsBuckets(expr: string): boolean {
  return [...seriesIn(substitute(expr, BUILT_IN))].some((name) => name.endsWith('_bucket'));
}

export function renderTargets(panel: DataPanel): (PrometheusTarget & Record<string, unknown>)[] {
  const instant = isInstant(panel.kind);
  return panel.queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: DATASOURCE,
    expr,
    legendFormat: panel.kind === 'heatmap' ? '{{le}}' : legend,
    format: panel.kind === 'heatmap' ? 'heatmap' : panel.kind === 'table' ? 'table' : 'time_series',
    instant,
    range: !instant,
    exemplar: !instant && readsBuckets(expr),
    editorMode: 'code',
  }));
}

import type { AlertName } from '../alerts/names.ts';
import type { Domain } from '../alerts/alert.ts';
import type { VitalName } from '../deploy/model/web-vitals.ts';
import type { BoardUid } from './names.ts';
import type { UnitId } from './units.ts';

/** A dashboard; it answers one question. */
export interface Board {
  readonly uid: BoardUid;
  readonly title: string;
  /** The question of its readers, as a sentence with a question mark. */
  readonly question: string;
  /** Failure domains of its alerts, whose runbooks are listed at its end. */
  readonly domains: readonly Domain[];
  /** Default drill-down of its panels: one step nearer to the cause. */
  readonly drillDown: BoardUid;
  /** In addition to `datasource`, which every board has. */
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** A dashboard variable: the reader selects values of a label. */
export interface Variable {
  /** `$name` in queries, used as `label=~"$name"`. */
  readonly name: string;
  readonly label: string;
  /** Values of the label `of` in the series that match `selector`. */
  readonly selector: string;
  readonly of: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** One PromQL expression of a panel. */
export interface Query {
  readonly expr: string;
  /** Name of its series, with `{{label}}`; in a table, the title of its column. */
  readonly legend: string;
  /** Reason why a healthy stack may have no data. Without it, missing data is a fault. */
  readonly emptyWhen?: string;
}

/** Value mapping: text and colour of a value. */
export interface State {
  readonly text: string;
  readonly is: 'good' | 'degraded' | 'bad' | 'neutral';
}

/** Share of a board's width. */
export type Width = 'sixth' | 'quarter' | 'third' | 'half' | 'full';

interface Any {
  readonly title: string;
  readonly width?: Width;
}

interface Data extends Any {
  /** Meaning of the panel and how to read it, in complete sentences. */
  readonly description: string;
  readonly unit: UnitId;
  readonly queries: readonly [Query, ...Query[]];
  /** Alert on these values: its thresholds become threshold lines, its runbook a link. */
  readonly alert?: AlertName;
  /** Web vital of the panel: its limits of good and poor become threshold lines. */
  readonly vital?: VitalName;
  readonly drillDown?: BoardUid;
  readonly states?: Readonly<Record<number, State>>;
}

export interface TimeseriesPanel extends Data {
  readonly kind: 'timeseries';
  readonly stacked?: boolean;
  readonly max?: number;
  /** Values may be negative; other graphs start at zero. */
  readonly signed?: boolean;
}
export interface StatPanel extends Data {
  readonly kind: 'stat';
}
export interface TablePanel extends Data {
  readonly kind: 'table';
  /** Labels of the first columns; other labels are not shown. */
  readonly columns: Readonly<Record<string, string>>;
}
export interface StateTimelinePanel extends Data {
  readonly kind: 'state-timeline';
  readonly states: Readonly<Record<number, State>>;
}
/** The queries are sums of buckets by `le`. */
export interface HeatmapPanel extends Data {
  readonly kind: 'heatmap';
}
export interface TextPanel extends Any {
  readonly kind: 'text';
  readonly markdown: string;
}

export type DataPanel = TimeseriesPanel | StatPanel | TablePanel | StateTimelinePanel | HeatmapPanel;
export type Panel = DataPanel | TextPanel;

/** The panels of a board that have queries, in order. */
export function dataPanelsOf(board: Board): readonly DataPanel[] {
  return board.rows.flatMap(({ panels }) => panels).filter((panel): panel is DataPanel => panel.kind !== 'text');
}

import type { AlertName } from '../alerts/names.ts';
import type { Domain } from '../alerts/alert.ts';
import type { VitalName } from '../deploy/model/web-vitals.ts';
import type { BoardUid } from './names.ts';
import type { UnitId } from './units.ts';

/** One board answers one question. */
export interface Board {
  readonly uid: BoardUid;
  readonly title: string;
  /** What somebody who opens it wants to know; a sentence with a question mark. */
  readonly question: string;
  /** Whose alerts belong here; their runbooks are listed at its end. */
  readonly domains: readonly Domain[];
  /** Where its panels lead unless they say otherwise: one step nearer to the cause. */
  readonly drillDown: BoardUid;
  /** Besides `datasource`, which every board has. */
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** What the reader chooses from: the values of a label. */
export interface Variable {
  /** `$name` in queries, used as `label=~"$name"`. */
  readonly name: string;
  readonly label: string;
  /** The values of `of` in the series that `selector` finds. */
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
  /** How its series are called, with `{{label}}`; in a table, the title of its column. */
  readonly legend: string;
  /** Why a healthy stack may have nothing to show. Without it, no data is a fault. */
  readonly emptyWhen?: string;
}

/** How a value is written and coloured. */
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
  /** What is shown and how to read it: whole sentences. */
  readonly description: string;
  readonly unit: UnitId;
  readonly queries: readonly [Query, ...Query[]];
  /** The alert that watches this: its numbers become the threshold lines, its runbook a link. */
  readonly alert?: AlertName;
  /** The web vital that this shows: where good ends and poor begins become the threshold lines. */
  readonly vital?: VitalName;
  readonly drillDown?: BoardUid;
  readonly states?: Readonly<Record<number, State>>;
}

export interface TimeseriesPanel extends Data {
  readonly kind: 'timeseries';
  readonly stacked?: boolean;
  readonly max?: number;
  /** Its values may be below zero; other graphs begin there. */
  readonly signed?: boolean;
}
export interface StatPanel extends Data {
  readonly kind: 'stat';
}
export interface TablePanel extends Data {
  readonly kind: 'table';
  /** The labels that are its first columns; nothing else of the series is shown. */
  readonly columns: Readonly<Record<string, string>>;
}
export interface StateTimelinePanel extends Data {
  readonly kind: 'state-timeline';
  readonly states: Readonly<Record<number, State>>;
}
/** Its queries are sums of buckets by `le`. */
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

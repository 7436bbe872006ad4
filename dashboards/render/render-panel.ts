import {
  FieldColorModeId,
  MappingType,
  ThresholdsMode,
  type FieldConfigSource,
  type Panel as Json,
} from '@grafana/schema';
import { dataLinksOf, type LintContext } from '../lint-context.ts';
import type { Board, DataPanel, Panel, State } from '../board.ts';
import { COLORS } from './colors.ts';
import { DATASOURCE } from './datasource.ts';
import { panelLinks } from './links.ts';
import { optionsOf, customOf } from './panel-options.ts';
import { panelSteps } from './panel-steps.ts';
import { renderTargets } from './targets.ts';

export interface PanelContext {
  readonly board: Board;
  readonly context: LintContext;
}

/** Renders a panel without its position. */
export function renderPanel(panel: Panel, { board, context }: PanelContext): Json {
  if (panel.kind === 'text') {
    return { type: 'text', title: panel.title, options: { mode: 'markdown', content: panel.markdown } };
  }
  return {
    type: panel.kind === 'state-timeline' ? 'state-timeline' : panel.kind,
    title: panel.title,
    description: panel.description,
    datasource: DATASOURCE,
    targets: renderTargets(panel),
    fieldConfig: fieldConfigOf(panel, { board, context }),
    options: optionsOf(panel),
    links: panelLinks(panel, board, context.boards),
    ...(panel.kind === 'table' ? { transformations: columnsOf(panel) } : {}),
  };
}

function fieldConfigOf(panel: DataPanel, { board, context }: PanelContext): FieldConfigSource {
  const steps = panelSteps(panel, context);
  const links = dataLinksOf(panel, board, context);
  return {
    defaults: {
      unit: panel.unit,
      ...(panel.kind === 'timeseries' && panel.signed !== true ? { min: 0 } : {}),
      ...(panel.kind === 'timeseries' && panel.max !== undefined ? { max: panel.max } : {}),
      // Without thresholds the colours only distinguish series.
      color: {
        mode:
          panel.kind === 'timeseries' || (steps.length === 0 && panel.states === undefined)
            ? FieldColorModeId.PaletteClassicByName
            : FieldColorModeId.Thresholds,
      },
      thresholds: {
        mode: ThresholdsMode.Absolute,
        steps: steps.length === 0 ? [{ value: null, color: COLORS.neutral }] : [...steps],
      },
      mappings: panel.states === undefined ? [] : [mappingOf(panel.states)],
      noValue: '–',
      custom: customOf(panel, steps.length > 0),
      links: [...links],
    },
    overrides: [],
  };
}

function mappingOf(states: Readonly<Record<number, State>>): {
  readonly type: MappingType.ValueToText;
  readonly options: Record<string, { text: string; color: string; index: number }>;
} {
  const options = Object.entries(states).map(
    ([value, { text, is }], index) => [value, { text, color: COLORS[is], index }] as const,
  );
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

/** Columns of a table: the listed labels in order, then one column per query. */
function columnsOf(panel: Extract<DataPanel, { kind: 'table' }>): NonNullable<Json['transformations']> {
  const labels = Object.keys(panel.columns);
  const isSingle = panel.queries.length === 1;
  const values = panel.queries.map(({ legend }, index) => ({
    field: isSingle ? 'Value' : `Value #${String.fromCharCode(65 + index)}`,
    legend,
  }));
  return [
    ...(isSingle ? [] : [{ id: 'merge', options: {} }]),
    {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries([...labels, ...values.map(({ field }) => field)].map((name, at) => [name, at])),
        renameByName: { ...panel.columns, ...Object.fromEntries(values.map(({ field, legend }) => [field, legend])) },
      },
    },
  ];
}

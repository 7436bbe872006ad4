import type { Alert } from '../alerts/alert.ts';
import type { AlertName } from '../alerts/names.ts';
import { thresholdsOf, type Threshold } from '../alerts/thresholds.ts';
import type { Series } from '../exporters/catalog/catalog.ts';
import type { PromqlType } from '../exporters/promql/promql-type.ts';
import { typeOfPromql } from '../exporters/promql/type-of-promql.ts';
import type { Board, DataPanel } from './board.ts';
import type { BoardUid } from './names.ts';
import { narrowUrl } from './render/links.ts';
import { mayOverlap, selectorsIn } from './selectors.ts';
import { BUILT_IN, substitute } from './substitute.ts';
import { unitFits } from './units.ts';

/** Boards, alerts and series for rendering and checking boards. */
export interface LintContext {
  readonly boards: ReadonlyMap<BoardUid, Board>;
  readonly alerts: ReadonlyMap<AlertName, Alert>;
  readonly series: ReadonlyMap<string, Series>;
  /** Names of recorded series. */
  readonly recorded: readonly string[];
  /** Thresholds of the panel's alert that apply to the values of the panel. */
  readonly thresholdsOf: (panel: DataPanel) => readonly Threshold[];
  /** Type of a PromQL expression's result. Cached, because rendering and several rules need it. */
  readonly typeOfText: (text: string) => PromqlType;
}

export function makeLintContext(input: Omit<LintContext, 'thresholdsOf' | 'typeOfText'>): LintContext {
  const types = new Map<string, PromqlType>();
  const typeOfText = (text: string): PromqlType => {
    const type = types.get(text) ?? typeOfPromql(text, input.series);
    types.set(text, type);
    return type;
  };
  const known = new Map([...input.alerts].map(([name, { expr }]) => [name, thresholdsOf(expr)]));
  return {
    ...input,
    typeOfText,
    thresholdsOf: (panel) => {
      if (panel.alert === undefined) return [];
      const shown = panel.queries.flatMap(({ expr }) => selectorsIn(withAllValues(expr)));
      const all = known.get(panel.alert) ?? [];
      return all.filter(
        ({ of }) =>
          // Only thresholds with the panel's unit: a limit in bytes does not fit a panel of ratios.
          unitFits(panel.unit, typeOfText(of).unit) &&
          selectorsIn(of).some((one) => shown.some((other) => mayOverlap(one, other))),
      );
    },
  };
}

/** An expression of a panel as plain PromQL, with all values selected for every variable. */
export function withAllValues(expr: string, variables: readonly { readonly name: string }[] = []): string {
  return substitute(expr, { ...BUILT_IN, ...Object.fromEntries(variables.map(({ name }) => [name, '.+'])) });
}

/** Type of a query's result. */
export function typeOf(expr: string, board: Board, context: LintContext): PromqlType {
  return context.typeOfText(withAllValues(expr, board.variables));
}

/** Data links of the series: the same board for this value only. */
export function dataLinksOf(panel: DataPanel, board: Board, context: LintContext): readonly object[] {
  return board.variables
    .filter(({ of }) => panel.queries.every(({ expr }) => typeOf(expr, board, context).labels?.has(of) === true))
    .map(({ name, label, of }) => {
      const value =
        panel.kind === 'table' ? `\${__data.fields["${panel.columns[of] ?? of}"]}` : `\${__field.labels.${of}}`;
      return {
        title: `Only this ${label.toLowerCase()}: ${value}`,
        url: narrowUrl(board, name, value),
        targetBlank: false,
      };
    });
}

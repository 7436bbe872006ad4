import type { Alert } from '../alerts/alert.ts';
import type { AlertName } from '../alerts/names.ts';
import { thresholdsOf, type Threshold } from '../alerts/thresholds.ts';
import type { Series } from '../exporters/catalog/catalog.ts';
import type { PromqlType } from '../exporters/promql/promql-type.ts';
import { typeOfPromql } from '../exporters/promql/type-of-promql.ts';
import type { Board, DataPanel } from './board.ts';
import type { BoardUid } from './names.ts';
import { narrowUrl } from './render/links.ts';
import { mayMeanTheSame, selectorsIn } from './selectors.ts';
import { BUILT_IN, substitute } from './substitute.ts';
import { unitFits } from './units.ts';

/** What boards are rendered and checked against. */
export interface World {
  readonly boards: ReadonlyMap<BoardUid, Board>;
  readonly alerts: ReadonlyMap<AlertName, Alert>;
  readonly series: ReadonlyMap<string, Series>;
  /** Names that rules record. */
  readonly recorded: readonly string[];
  /** The comparisons of the panel's alert with what the panel shows. */
  readonly thresholdsOf: (panel: DataPanel) => readonly Threshold[];
  /** What is known of the result of PromQL; found out once for each text, since rendering and several rules ask. */
  readonly typeOfText: (text: string) => PromqlType;
}

export function makeWorld(facts: Omit<World, 'thresholdsOf' | 'typeOfText'>): World {
  const types = new Map<string, PromqlType>();
  const typeOfText = (text: string): PromqlType => {
    const type = types.get(text) ?? typeOfPromql(text, facts.series);
    types.set(text, type);
    return type;
  };
  const known = new Map([...facts.alerts].map(([name, { expr }]) => [name, thresholdsOf(expr)]));
  return {
    ...facts,
    typeOfText,
    thresholdsOf: (panel) => {
      if (panel.alert === undefined) return [];
      const shown = panel.queries.flatMap(({ expr }) => selectorsIn(plain(expr)));
      const all = known.get(panel.alert) ?? [];
      return all.filter(
        ({ of }) =>
          // A number of bytes is no line among shares of a disk.
          unitFits(panel.unit, typeOfText(of).unit) &&
          selectorsIn(of).some((one) => shown.some((other) => mayMeanTheSame(one, other))),
      );
    },
  };
}

/** An expression of a panel as PromQL: every choice is every value. */
export function plain(expr: string, variables: readonly { readonly name: string }[] = []): string {
  return substitute(expr, { ...BUILT_IN, ...Object.fromEntries(variables.map(({ name }) => [name, '.+'])) });
}

/** What is known of a query's result. */
export function typeOf(expr: string, board: Board, world: World): PromqlType {
  return world.typeOfText(plain(expr, board.variables));
}

/** Links of the series themselves: this board for the one value only. */
export function dataLinksOf(panel: DataPanel, board: Board, world: World): readonly object[] {
  return board.variables
    .filter(({ of }) => panel.queries.every(({ expr }) => typeOf(expr, board, world).labels?.has(of) === true))
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

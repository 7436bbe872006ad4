import { dataPanelsOf, type Board, type Variable } from '../board.ts';
import { ANNOTATIONS } from '../render/annotations.ts';
import { isInstant } from '../render/targets.ts';

/** One query of a board that must return data. */
export interface Check {
  readonly board: Board;
  /** Title of the panel, or the annotation. */
  readonly panel: string;
  /** Letter of the query in Grafana. */
  readonly query: string;
  readonly expr: string;
  readonly instant: boolean;
  readonly emptyWhen?: string;
}

/** A variable that must have values. */
export interface VariableCheck {
  readonly board: Board;
  readonly variable: Variable;
}

/** All queries of all boards, including those of annotations. */
export function queryChecks(boards: readonly Board[]): readonly Check[] {
  const panels = boards.flatMap((board) =>
    dataPanelsOf(board).flatMap((panel) =>
      panel.queries.map((query, index) => ({
        board,
        panel: panel.title,
        query: String.fromCharCode(65 + index),
        expr: query.expr,
        instant: isInstant(panel.kind),
        ...emptiness(query),
      })),
    ),
  );
  // Annotations are the same on every board.
  const annotations = boards.slice(0, 1).flatMap((board) =>
    ANNOTATIONS.map((annotation) => ({
      board,
      panel: `annotation ${annotation.name}`,
      query: 'A',
      expr: annotation.expr,
      instant: false,
      ...emptiness(annotation),
    })),
  );
  return [...panels, ...annotations];
}

function emptiness({ emptyWhen }: { readonly emptyWhen?: string }): { readonly emptyWhen?: string } {
  return emptyWhen === undefined ? {} : { emptyWhen };
}

export function variableChecks(boards: readonly Board[]): readonly VariableCheck[] {
  return boards.flatMap((board) => board.variables.map((variable) => ({ board, variable })));
}

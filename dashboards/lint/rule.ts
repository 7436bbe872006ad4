import type { Dashboard, Panel as PanelJson } from '@grafana/schema';
import type { Problem } from '../../kit/problem.ts';
import { dataPanelsOf, type Board, type DataPanel } from '../board.ts';
import type { PrometheusTarget } from '../render/targets.ts';
import type { LintContext } from '../lint-context.ts';

/** Subject of the checks: a board and its rendered JSON for Grafana. */
export interface Subject {
  readonly board: Board;
  readonly dashboard: Dashboard;
}

/** One lint rule. Its name is also its file name and the code of its problems. */
export interface Rule {
  readonly name: string;
  /** Returns all violations in all boards. */
  readonly check: (subjects: readonly Subject[], context: LintContext) => readonly Finding[];
}

export interface Finding {
  /** The problem, in one sentence. */
  readonly summary: string;
  /** Board and panel. */
  readonly at: string;
}

/** A panel with queries: its model and its rendered JSON. */
export interface PanelSubject extends Subject {
  readonly panel: DataPanel;
  readonly json: PanelJson;
  readonly targets: readonly PrometheusTarget[];
  readonly at: string;
}

/** All panels with queries of all boards. Rendered panels have the same order. */
export function panelsOf(subjects: readonly Subject[]): readonly PanelSubject[] {
  return subjects.flatMap((subject) => {
    const rendered = panelJsonsOf(subject.dashboard).filter(({ type }) => type !== 'text');
    return dataPanelsOf(subject.board).flatMap((panel, index) => {
      const json = rendered[index];
      if (json === undefined) return [];
      const targets = (json.targets ?? []) as unknown as readonly PrometheusTarget[];
      return [{ ...subject, panel, json, targets, at: `${subject.board.uid}/${json.title ?? panel.title}` }];
    });
  });
}

/** All panels of a board except rows. */
export function panelJsonsOf(dashboard: Dashboard): readonly PanelJson[] {
  return (dashboard.panels ?? []).filter((panel): panel is PanelJson => panel.type !== 'row');
}

export function toProblem(rule: Rule, { summary, at }: Finding): Problem {
  return { code: rule.name, severity: 'error', summary, at };
}

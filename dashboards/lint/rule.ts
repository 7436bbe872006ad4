import type { Dashboard, Panel as PanelJson } from '@grafana/schema';
import type { Problem } from '../../kit/problem.ts';
import { dataPanelsOf, type Board, type DataPanel } from '../board.ts';
import type { PrometheusTarget } from '../render/targets.ts';
import type { World } from '../lint-context.ts';

/** What is checked: the JSON that Grafana reads, beside the board that it was made from. */
export interface Subject {
  readonly board: Board;
  readonly dashboard: Dashboard;
}

/** One thing that boards must keep to. The name is the file's and the code of its problems. */
export interface Rule {
  readonly name: string;
  /** Whatever breaks it, over all boards. */
  readonly check: (subjects: readonly Subject[], world: World) => readonly Finding[];
}

export interface Finding {
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** Board and panel. */
  readonly at: string;
}

/** A panel with queries, as modelled and as rendered. */
export interface PanelSubject extends Subject {
  readonly panel: DataPanel;
  readonly json: PanelJson;
  readonly targets: readonly PrometheusTarget[];
  readonly at: string;
}

/** Every panel with queries of every board. Rendering keeps their order. */
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

/** Every panel of a board but the rows. */
export function panelJsonsOf(dashboard: Dashboard): readonly PanelJson[] {
  return (dashboard.panels ?? []).filter((panel): panel is PanelJson => panel.type !== 'row');
}

export function toProblem(rule: Rule, { summary, at }: Finding): Problem {
  return { code: rule.name, severity: 'error', summary, at };
}

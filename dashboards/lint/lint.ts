import type { Problem } from '../../kit/problem.ts';
import type { LintContext } from '../lint-context.ts';
import { ANNOTATIONS_RULE } from './annotations.ts';
import { BOARD_SETTINGS } from './board-settings.ts';
import { EXEMPLARS } from './exemplars.ts';
import { GRID } from './grid.ts';
import { LEGEND } from './legend.ts';
import { LINKS } from './links.ts';
import { PANEL_DATASOURCE } from './panel-datasource.ts';
import { PANEL_TARGETS } from './panel-targets.ts';
import { PANEL_TITLE_DESCRIPTION } from './panel-title-description.ts';
import { PANEL_UNIT_FITS } from './panel-unit-fits.ts';
import { PANEL_UNIT } from './panel-unit.ts';
import { toProblem, type Rule, type Subject } from './rule.ts';
import { TARGET_JOB } from './target-job.ts';
import { TARGET_PROMQL } from './target-promql.ts';
import { TARGET_RATE_INTERVAL } from './target-rate-interval.ts';
import { TARGET_VARIABLE } from './target-variable.ts';
import { TEMPLATE_CHOICES } from './template-choices.ts';
import { TEMPLATE_DATASOURCE } from './template-datasource.ts';
import { TEMPLATE_PROMQL } from './template-promql.ts';
import { TEMPLATE_RELOAD } from './template-reload.ts';
import { THRESHOLDS } from './thresholds.ts';
import { UNIQUE_IDS } from './unique-ids.ts';

/** The rules of Grafana's dashboard-linter, adapted to this stack (an instance is a `host`, a job is fixed), and our own. */
export const RULES: readonly Rule[] = [
  TEMPLATE_DATASOURCE,
  TEMPLATE_CHOICES,
  TEMPLATE_PROMQL,
  TEMPLATE_RELOAD,
  PANEL_DATASOURCE,
  PANEL_TITLE_DESCRIPTION,
  PANEL_UNIT,
  PANEL_UNIT_FITS,
  PANEL_TARGETS,
  TARGET_PROMQL,
  TARGET_RATE_INTERVAL,
  TARGET_JOB,
  TARGET_VARIABLE,
  LEGEND,
  THRESHOLDS,
  LINKS,
  GRID,
  UNIQUE_IDS,
  BOARD_SETTINGS,
  EXEMPLARS,
  ANNOTATIONS_RULE,
];

/** Returns all problems of the boards. */
export function lint(subjects: readonly Subject[], context: LintContext): readonly Problem[] {
  return RULES.flatMap((rule) => rule.check(subjects, context).map((finding) => toProblem(rule, finding)));
}

import { DashboardCursorSync } from '@grafana/schema';
import type { Rule } from './rule.ts';

/** Generated boards are not editable, share one cross-hair, have a question, and use the classic JSON model, the only one that file provisioning reads. */
export const BOARD_SETTINGS: Rule = {
  name: 'board-settings',
  check: (subjects) =>
    subjects.flatMap(({ board: { uid: at, question }, dashboard }) => [
      ...(dashboard.editable === false ? [] : [{ summary: 'A generated board must not be editable.', at }]),
      ...(dashboard.graphTooltip === DashboardCursorSync.Crosshair
        ? []
        : [{ summary: 'The cross-hair must be shared by all graphs (graphTooltip 1).', at }]),
      ...(dashboard.schemaVersion === 42 ? [] : [{ summary: 'The classic form has schemaVersion 42 here.', at }]),
      ...(/^[A-Z].+\?$/.test(question) ? [] : [{ summary: 'A board answers a question: say which.', at }]),
    ]),
};

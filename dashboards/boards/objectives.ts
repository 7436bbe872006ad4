import { burnPairs } from '../../alerts/slo/burn-windows.ts';
import type { Slo } from '../../alerts/slo/slo.ts';
import { SLOS } from '../../alerts/slo/slos.ts';
import { DRILL } from '../../deploy/model/profile.ts';
import type { Board, Row, TimeseriesPanel } from '../board.ts';
import { budgetLeftPanel, burnRatePanel } from './budget-panels.ts';
import { NO_BUDGET, NOBODY_ASKS } from './queries.ts';

export const OBJECTIVES: Board = {
  uid: 'holdfast-objectives',
  title: 'Objectives',
  question: 'Is what users were promised kept, and how long does the error budget last?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [],
  rows: [
    {
      title: 'Promised and kept',
      panels: [
        {
          kind: 'table',
          title: 'Objectives',
          description:
            'The share of events that must be good, the share that was within the period of the error budget, and what is left of the budget. Below 0 the promise of this period is broken.',
          unit: 'percentunit',
          columns: { slo: 'Objective' },
          queries: [
            { expr: 'max by (slo) (slo:objective:ratio)', legend: 'Promised' },
            {
              expr: 'max by (slo) (1 - (1 - slo:error_budget_left:ratio) * (1 - slo:objective:ratio))',
              legend: 'Kept',
              emptyWhen: NO_BUDGET,
            },
            { expr: 'max by (slo) (slo:error_budget_left:ratio)', legend: 'Budget left', emptyWhen: NO_BUDGET },
          ],
          drillDown: 'holdfast-overview',
        },
        budgetLeftPanel('holdfast-overview'),
        burnRatePanel('holdfast-chaos'),
        {
          kind: 'timeseries',
          title: 'Events',
          description: 'What counts for each objective, and what of it was bad.',
          unit: 'ops',
          queries: [
            { expr: 'max by (slo) (slo:events:rate)', legend: '{{slo}}' },
            { expr: 'max by (slo) (slo:errors:rate)', legend: '{{slo}} bad' },
          ],
        },
      ],
    },
    ...SLOS.map(burnRow),
  ],
};

/** The shares are the same in every profile; only how long the windows are is not. */
function burnRow(slo: Slo): Row {
  return { title: `How fast the budget of ${slo.id} is spent`, panels: burnPairs(DRILL.watch).map(burnPanel) };

  function burnPanel({ factor, urgency }: ReturnType<typeof burnPairs>[number]): TimeseriesPanel {
    return {
      kind: 'timeseries',
      title: `${slo.id} at ${factor} × its pace`,
      description: `Share of bad events within the long and the short window. Above the line the budget is spent more than ${factor} times as fast as it lasts; it is an alert where both are and there were at least ten failures. ${slo.journey}`,
      unit: 'percentunit',
      width: 'quarter',
      queries: [
        {
          expr: `max by (span) (slo:error_ratio:window{slo="${slo.id}",pair="${factor}"})`,
          legend: '{{span}} window',
          emptyWhen: NOBODY_ASKS,
        },
      ],
      alert: slo.alerts[urgency],
      drillDown: 'holdfast-app',
    };
  }
}

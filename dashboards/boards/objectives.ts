import { burnPairs } from '../../alerts/slo/burn-windows.ts';
import type { Slo } from '../../alerts/slo/slo.ts';
import { SLOS } from '../../alerts/slo/slos.ts';
import { DRILL } from '../../deploy/model/profile.ts';
import type { Board, Row, TimeseriesPanel } from '../board.ts';
import { budgetLeftPanel, burnRatePanel } from './budget-panels.ts';
import { NO_BUDGET, NO_TRAFFIC } from './queries.ts';

export const OBJECTIVES: Board = {
  uid: 'holdfast-objectives',
  title: 'SLOs',
  question: 'Are the SLOs met, and how long will the error budgets last?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [],
  rows: [
    {
      title: 'SLO compliance',
      panels: [
        {
          kind: 'table',
          title: 'SLO status',
          description:
            'Target ratio of good events, actual ratio within the period of the error budget, and remaining budget. Below 0, the SLO of this period is violated.',
          unit: 'percentunit',
          columns: { slo: 'Objective' },
          queries: [
            { expr: 'max by (slo) (slo:objective:ratio)', legend: 'Target' },
            {
              expr: 'max by (slo) (1 - (1 - slo:error_budget_left:ratio) * (1 - slo:objective:ratio))',
              legend: 'Actual',
              emptyWhen: NO_BUDGET,
            },
            { expr: 'max by (slo) (slo:error_budget_left:ratio)', legend: 'Remaining budget', emptyWhen: NO_BUDGET },
          ],
          drillDown: 'holdfast-overview',
        },
        budgetLeftPanel('holdfast-overview'),
        burnRatePanel('holdfast-chaos'),
        {
          kind: 'timeseries',
          title: 'Total and bad events',
          description: 'Events that count for each SLO, and the bad events among them.',
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

/** The burn-rate factors are the same in every profile; only the window lengths differ. */
function burnRow(slo: Slo): Row {
  return { title: `Burn rate of ${slo.id}`, panels: burnPairs(DRILL.monitoring).map(burnPanel) };

  function burnPanel({ factor, urgency }: ReturnType<typeof burnPairs>[number]): TimeseriesPanel {
    return {
      kind: 'timeseries',
      title: `Error ratio of ${slo.id} at burn rate ${factor}`,
      description: `Error ratio over the long and the short window. Above the line, the burn rate is above ${factor}. The alert fires if both windows are above the line and there were at least ten failures. ${slo.journey}`,
      unit: 'percentunit',
      width: 'quarter',
      queries: [
        {
          expr: `max by (span) (slo:error_ratio:window{slo="${slo.id}",pair="${factor}"})`,
          legend: '{{span}} window',
          emptyWhen: NO_TRAFFIC,
        },
      ],
      alert: slo.alerts[urgency],
      drillDown: 'holdfast-app',
    };
  }
}

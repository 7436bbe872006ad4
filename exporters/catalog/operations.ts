import type { Verdict } from '../../kit/verdict.ts';
import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { atMost, counter, gauge, type Metric } from './metric.ts';

const RELEASE = { version: atMost(1, 'the last rollout') } as const;
// Not `host`: that label names the target.
const DRAINED = { drained: atMost(40, 'hosts of the stack') } as const;
const CHANGE = { what: atMost(3, 'the change in progress') } as const;
const GUARANTEE = { guarantee: atMost(200, 'guarantees of `holdfast prove --list`') } as const;
const VERDICT = { verdict: ['held', 'violated', 'unknown'] } as const satisfies {
  readonly verdict: readonly Verdict[];
};

/** Drains, changes, releases and experiments: exporters/operations. Who made them and why is in `holdfast status` and `holdfast maintenance log`. */
export const OPERATIONS: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('operations', ['operations', 'experiments']),
  maintenance_drain_start_timestamp_seconds: gauge('timestamp', 'Time since which the host is drained.', {
    labels: { ...DRAINED, kind: ['operator', 'change'] },
    presence: 'on-event',
  }),
  maintenance_drain_end_timestamp_seconds: gauge('timestamp', 'Planned end of the drain of an operator.', {
    labels: DRAINED,
    presence: 'on-event',
  }),
  maintenance_change_running: gauge(
    '1',
    'Change that has begun and has not ended, also an interrupted one; always 1.',
    {
      labels: CHANGE,
      presence: 'on-event',
    },
  ),
  maintenance_change_start_timestamp_seconds: gauge('timestamp', 'Start time of that change.', {
    labels: CHANGE,
    presence: 'on-event',
  }),
  release_rolling: gauge('1', 'Whether the last rollout of a release has no end yet: 1 or 0.', {
    labels: RELEASE,
    presence: 'on-event',
  }),
  release_last_start_timestamp_seconds: gauge('timestamp', 'Start time of the last rollout.', {
    labels: RELEASE,
    presence: 'on-event',
  }),
  release_duration_seconds: gauge('seconds', 'Duration of the last rollout on all hosts, if it has ended.', {
    labels: RELEASE,
    presence: 'on-event',
  }),
  release_outcomes_total: counter('1', 'Ended rollouts by outcome.', {
    labels: { outcome: ['done', 'returned', 'failed', 'interrupted'] },
    presence: 'on-event',
  }),
  experiment_running: gauge('1', 'Whether an experiment for the guarantee is running: 1 or 0.', {
    labels: GUARANTEE,
    presence: 'on-event',
  }),
  experiment_verdict: gauge('1', 'Verdict of the last experiment: 1 for this verdict, 0 for the others.', {
    labels: { ...GUARANTEE, ...VERDICT },
    presence: 'on-event',
  }),
  experiment_last_run_timestamp_seconds: gauge('timestamp', 'End of the last experiment for the guarantee.', {
    labels: GUARANTEE,
    presence: 'on-event',
  }),
  experiment_runs_total: counter('1', 'Ended experiments by verdict.', {
    labels: { ...GUARANTEE, ...VERDICT },
    presence: 'on-event',
  }),
};

import type { Verdict } from '../../kit/verdict.ts';
import { atMost, counter, gauge, histogram, type Metric } from './metric.ts';

const GUARANTEE = { guarantee: atMost(200, 'guarantees of `holdfast prove --list`') } as const;
const VERDICT = { verdict: ['held', 'violated', 'unknown'] } as const satisfies {
  readonly verdict: readonly Verdict[];
};
const RELEASE = { release: atMost(10, 'releases that are kept') } as const;

/**
 * Names reserved for planned features, so that no other metric uses them and users can rely on them. No job exposes them yet: a rule or a
 * panel that reads one is refused like any unknown metric.
 */
export const RESERVED: Readonly<Record<string, Metric>> = {
  backup_last_success_timestamp_seconds: gauge('timestamp', 'When the last backup that is whole was finished.'),
  backup_last_verified_timestamp_seconds: gauge('timestamp', 'When a backup was last restored and found to be right.'),
  backup_duration_seconds: gauge('seconds', 'How long the last backup took.'),
  backup_size_bytes: gauge('bytes', 'Size of the last backup.'),
  backup_failures_total: counter('1', 'Backups that failed.'),
  backup_archive_gaps: gauge('1', 'Stretches that are missing in the archive of binary logs.'),
  backup_archive_lag_seconds: gauge(
    'seconds',
    'Age of the newest write that is in the archive: what a disaster would cost.',
  ),
  backup_restore_duration_seconds: gauge('seconds', 'How long the last restore took, until it answered.'),
  release_info: gauge('1', '1 for each release that a host runs.', { labels: RELEASE }),
  release_rolling: gauge('1', 'Whether a release is being rolled out.', { labels: RELEASE }),
  release_last_start_timestamp_seconds: gauge('timestamp', 'When the last release began to be rolled out.'),
  release_duration_seconds: histogram('seconds', 'How long a release took, on all hosts.'),
  release_outcomes_total: counter('1', 'Releases by how they ended.', {
    labels: { outcome: ['done', 'rolled-back', 'failed'] },
  }),
  experiment_running: gauge('1', 'Whether a fault is in place for this guarantee.', { labels: GUARANTEE }),
  experiment_verdict: gauge('1', 'Last verdict: 1 for the one that it is.', {
    labels: { ...GUARANTEE, ...VERDICT },
  }),
  experiment_last_run_timestamp_seconds: gauge('timestamp', 'When the guarantee was last put to the proof.', {
    labels: GUARANTEE,
  }),
  experiment_runs_total: counter('1', 'Experiments by verdict.', {
    labels: { ...GUARANTEE, ...VERDICT },
  }),
};

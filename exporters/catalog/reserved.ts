import { counter, gauge, type Metric } from './metric.ts';

/**
 * Names reserved for planned features, so that no other metric uses them and users can rely on them. No job exposes them yet: a rule or a
 * panel that reads one is refused like any unknown metric.
 */
export const RESERVED: Readonly<Record<string, Metric>> = {
  backup_last_success_timestamp_seconds: gauge('timestamp', 'Completion time of the last complete backup.'),
  backup_last_verified_timestamp_seconds: gauge('timestamp', 'Time of the last restore that verified a backup.'),
  backup_duration_seconds: gauge('seconds', 'Duration of the last backup.'),
  backup_size_bytes: gauge('bytes', 'Size of the last backup.'),
  backup_failures_total: counter('1', 'Failed backups.'),
  backup_archive_gaps: gauge('1', 'Gaps in the archive of binary logs.'),
  backup_archive_lag_seconds: gauge('seconds', 'Age of the newest archived write: the data loss of a disaster (RPO).'),
  backup_restore_duration_seconds: gauge('seconds', 'Duration of the last restore, until the server responded.'),
};

import { counter, gauge } from './metric.ts';
import { PROCESS } from './process.ts';

/** The on-call mailbox: agents/mailbox/mailbox.ts. */
export const MAILBOX = {
  ...PROCESS,
  holdfast_mailbox_mails_received_total: counter('1', 'Mails that were taken and kept.'),
  holdfast_mailbox_duplicates_total: counter('1', 'Mails that were there already, by their Message-ID.'),
  holdfast_mailbox_mails: gauge('1', 'Mails that are kept.'),
  holdfast_mailbox_certificate_end_timestamp_seconds: gauge(
    'timestamp',
    'When the certificate ends that is shown to who brings mail.',
  ),
} as const;

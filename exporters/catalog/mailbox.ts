import { counter, gauge } from './metric.ts';
import { PROCESS } from './process.ts';

/** The on-call mailbox: agents/mailbox/mailbox.ts. */
export const MAILBOX = {
  ...PROCESS,
  holdfast_mailbox_mails_received_total: counter('1', 'Received and stored mails.'),
  holdfast_mailbox_duplicates_total: counter('1', 'Duplicate mails by Message-ID.'),
  holdfast_mailbox_mails: gauge('1', 'Stored mails.'),
  holdfast_mailbox_certificate_end_timestamp_seconds: gauge(
    'timestamp',
    'Expiry time of the certificate presented to SMTP clients.',
  ),
} as const;

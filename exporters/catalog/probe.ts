import { JOURNEY_STEPS } from '../prober/journey.ts';
import { PHASES } from '../prober/http-request.ts';
import { gauge } from './metric.ts';

/** What the blackbox exporter calls the same, about every hop. */
const ANY_PROBE = {
  probe_success: gauge('1', 'Whether the probe got what it asked for.'),
  probe_duration_seconds: gauge('seconds', 'How long the probe took.'),
} as const;

/** Every hop asked directly: exporters/prober/hops.ts. What a hop does not answer, it has no sample of. */
export const PROBE_HOP = {
  ...ANY_PROBE,
  probe_http_status_code: gauge('1', 'Status of the answer.'),
  probe_http_duration_seconds: gauge('seconds', 'How long each phase of the request took.', {
    labels: { phase: PHASES },
  }),
  probe_ssl_earliest_cert_expiry: gauge('timestamp', 'When the certificate of the server ends.', {
    named: 'elsewhere',
  }),
} as const;

/** A customer's way through the shop: exporters/prober/journey.ts. */
export const PROBE_JOURNEY = {
  ...ANY_PROBE,
  probe_journey_step_success: gauge('1', 'Whether the step got what it asked for; 0 for one that was not reached.', {
    labels: { step: JOURNEY_STEPS },
  }),
  probe_journey_step_duration_seconds: gauge('seconds', 'How long the step took.', { labels: { step: JOURNEY_STEPS } }),
} as const;

import { JOURNEY_STEPS } from '../prober/journey.ts';
import { PHASES } from '../prober/http-request.ts';
import { gauge } from './metric.ts';

/** Metrics of every probe, with the names of blackbox_exporter. */
const ANY_PROBE = {
  probe_success: gauge('1', 'Whether the probe succeeded.'),
  probe_duration_seconds: gauge('seconds', 'Duration of the probe.'),
} as const;

/** Direct probes of every hop: exporters/prober/probe-hop.ts. Samples that do not apply to a kind of hop are missing. */
export const PROBE_HOP = {
  ...ANY_PROBE,
  probe_http_status_code: gauge('1', 'HTTP status code of the response.'),
  probe_http_duration_seconds: gauge('seconds', 'Duration of each phase of the request.', {
    labels: { phase: PHASES },
  }),
  probe_ssl_earliest_cert_expiry: gauge('timestamp', 'Expiry time of the server certificate.', {
    naming: 'upstream',
  }),
} as const;

/** Synthetic transaction, a customer's path through the shop: exporters/prober/journey.ts. */
export const PROBE_JOURNEY = {
  ...ANY_PROBE,
  probe_journey_step_success: gauge('1', 'Whether the step succeeded; 0 if it was not reached.', {
    labels: { step: JOURNEY_STEPS },
  }),
  probe_journey_step_duration_seconds: gauge('seconds', 'Duration of the step.', { labels: { step: JOURNEY_STEPS } }),
} as const;

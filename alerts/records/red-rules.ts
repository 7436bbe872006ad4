import { scrapeClassIntervalMs, type ScrapeClass } from '../../deploy/model/scrape-jobs.ts';
import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Rule, RuleGroup } from '../rule.ts';

const NO_HEALTH_CHECKS = 'route!~"/readyz|/livez"';
/** Requests of users to the application, without the health checks of load balancers and edges. */
export const USER_REQUESTS = `job="app",${NO_HEALTH_CHECKS}`;
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/**
 * Rate, errors and duration of every tier, so that all dashboards read the same series. Without requests the rate is 0 and the duration
 * absent.
 */
export function redGroup(topology: Topology): RuleGroup {
  const { monitoring } = topology.profile;
  const [fast, detail] = [rulesAt(monitoring, 'fast'), rulesAt(monitoring, 'detail')];
  return {
    name: 'red',
    // Dashboards read them, no alert does.
    interval: promDuration(2 * monitoring.sloIntervalMs),
    rules: [
      ...fast.counted(
        'edge',
        'haproxy_frontend_http_requests_total{proxy="edge"}',
        'haproxy_frontend_http_responses_total{proxy="edge",code="5xx"}',
      ),
      ...detail.timed('edge', 'haproxy_log_request_duration_seconds', 'proxy="edge"'),
      ...fast.counted(
        'lb',
        'haproxy_frontend_http_requests_total{proxy=~"http|https"}',
        'haproxy_frontend_http_responses_total{proxy=~"http|https",code="5xx"}',
      ),
      // HAProxy exposes no histograms, so these come from its access-log lines.
      ...detail.timed('lb', 'haproxy_log_request_duration_seconds', 'proxy=~"http|https"'),
      ...fast.counted(
        'web',
        'haproxy_backend_http_responses_total{proxy="web"}',
        'haproxy_backend_http_responses_total{proxy="web",code="5xx"}',
      ),
      ...detail.timed('web', 'nginx_http_request_duration_seconds', NO_HEALTH_CHECKS),
      ...fast.counted(
        'app',
        `http_request_duration_seconds_count{${USER_REQUESTS}}`,
        `http_request_duration_seconds_count{${USER_REQUESTS},status_code=~"5.."}`,
      ),
      ...fast.timed('app', 'http_request_duration_seconds', USER_REQUESTS),
      ...fast.counted('db', 'db_query_duration_seconds_count{job="app"}', 'db_transaction_retries_total{job="app"}'),
      ...fast.timed('db', 'db_query_duration_seconds', 'job="app"'),
      ...fast.counted(
        'cache',
        'cache_requests_total{job="app"}',
        'cache_requests_total{job="app",result=~"error|skipped"}',
      ),
    ],
  };
}

const ofTier = (tier: string, record: string, expr: string): Rule => ({ record, expr, labels: { tier } });

/** Rules for metrics of one scrape class. */
function rulesAt(timings: MonitoringTimings, scrapeClass: ScrapeClass) {
  // Five scrapes: a rate needs two, some may be late or lost.
  const window = promDuration(5 * scrapeClassIntervalMs(timings, scrapeClass));
  const rate = (selector: string): string => `sum(rate(${selector}[${window}]))`;
  return {
    counted: (tier: string, all: string, failed: string): readonly Rule[] => [
      ofTier(tier, 'tier:requests:rate', rate(all)),
      // A counter of failures does not exist before the first failure.
      ofTier(tier, 'tier:errors:rate', `${rate(failed)} or 0 * ${rate(all)}`),
    ],
    timed: (tier: string, histogram: string, matchers: string): readonly Rule[] => {
      const happened = `${rate(`${histogram}_count{${matchers}}`)} > 0`;
      return [
        ofTier(tier, 'tier:duration_seconds:mean', `${rate(`${histogram}_sum{${matchers}}`)} / (${happened})`),
        ...Object.entries(QUANTILES).map(([name, quantile]) => {
          const buckets = `sum by (le) (rate(${histogram}_bucket{${matchers}}[${window}]))`;
          return ofTier(
            tier,
            `tier:duration_seconds:${name}`,
            `histogram_quantile(${quantile}, ${buckets}) and on () (${happened})`,
          );
        }),
      ];
    },
  };
}

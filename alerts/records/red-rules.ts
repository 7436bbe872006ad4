import { paceMs, type ScrapeClass } from '../../deploy/model/scrape-jobs.ts';
import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Rule, RuleGroup } from '../rule.ts';

const BY_PEOPLE = 'route!~"/readyz|/livez"';
/** What a person asks of the application: not what load balancers and edges ask to see whether it is well. */
export const ASKED = `job="app",${BY_PEOPLE}`;
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/**
 * Rate, errors and duration of every tier, so that dashboards ask for one series each and all mean the same by them. Where nothing is asked there
 * is a rate of 0 and no duration.
 */
export function redGroup(topology: Topology): RuleGroup {
  const { monitoring } = topology.profile;
  const [usual, detail] = [rulesAt(monitoring, 'usual'), rulesAt(monitoring, 'detail')];
  return {
    name: 'red',
    // People look at them, no alert does.
    interval: promDuration(2 * monitoring.sloIntervalMs),
    rules: [
      ...usual.counted(
        'edge',
        'haproxy_frontend_http_requests_total{proxy="edge"}',
        'haproxy_frontend_http_responses_total{proxy="edge",code="5xx"}',
      ),
      ...detail.timed('edge', 'haproxy_log_request_duration_seconds', 'proxy="edge"'),
      ...usual.counted(
        'lb',
        'haproxy_frontend_http_requests_total{proxy=~"http|https"}',
        'haproxy_frontend_http_responses_total{proxy=~"http|https",code="5xx"}',
      ),
      // HAProxy has no histograms: from the lines that it writes.
      ...detail.timed('lb', 'haproxy_log_request_duration_seconds', 'proxy=~"http|https"'),
      ...usual.counted(
        'web',
        'haproxy_backend_http_responses_total{proxy="web"}',
        'haproxy_backend_http_responses_total{proxy="web",code="5xx"}',
      ),
      ...detail.timed('web', 'nginx_http_request_duration_seconds', BY_PEOPLE),
      ...usual.counted(
        'app',
        `http_request_duration_seconds_count{${ASKED}}`,
        `http_request_duration_seconds_count{${ASKED},status_code=~"5.."}`,
      ),
      ...usual.timed('app', 'http_request_duration_seconds', ASKED),
      ...usual.counted('db', 'db_query_duration_seconds_count{job="app"}', 'db_transaction_retries_total{job="app"}'),
      ...usual.timed('db', 'db_query_duration_seconds', 'job="app"'),
      ...usual.counted(
        'cache',
        'cache_requests_total{job="app"}',
        'cache_requests_total{job="app",result=~"error|skipped"}',
      ),
    ],
  };
}

const ofTier = (tier: string, record: string, expr: string): Rule => ({ record, expr, labels: { tier } });

/** The rules of what is scraped at this pace. */
function rulesAt(watch: MonitoringTimings, pace: ScrapeClass) {
  // Five scrapes: a rate needs two, some may be late or lost.
  const window = promDuration(5 * paceMs(watch, pace));
  const rate = (selector: string): string => `sum(rate(${selector}[${window}]))`;
  return {
    counted: (tier: string, all: string, failed: string): readonly Rule[] => [
      ofTier(tier, 'tier:requests:rate', rate(all)),
      // A counter of failures that nobody has needed yet is not there.
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

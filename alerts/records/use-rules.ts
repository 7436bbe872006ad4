import { scrapeClassIntervalMs } from '../../deploy/model/scrape-jobs.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Rule, RuleGroup } from '../rule.ts';

/**
 * Utilization, saturation and errors of the resources of every host. CPU saturation is 0, not absent, on a host without a CPU limit, where the
 * kernel counts no periods. Networks have no utilization: an interface of a container has no capacity of its own.
 */
export function useGroup({ profile: { monitoring } }: Topology): RuleGroup {
  // Five scrapes: a rate needs two, some may be late or lost.
  const window = promDuration(5 * scrapeClassIntervalMs(monitoring, 'probe'));
  const grown = (metric: string): string => `rate(${metric}[${window}])`;
  const bothWays = (what: string): string =>
    ['receive', 'transmit'].map((way) => `sum by (host) (${grown(`node_network_${way}_${what}_total`)})`).join(' + ');
  const throttled = `${grown('host_cpu_throttled_periods_total')} / (${grown('host_cpu_periods_total')} > 0)`;
  const rules: readonly Rule[] = [
    {
      record: 'host:cpu_utilization:ratio',
      expr: `sum by (host) (${grown('host_cpu_seconds_total')}) / max by (host) (host_cpu_cores)`,
    },
    {
      record: 'host:cpu_saturation:ratio',
      expr: `max by (host) (${throttled}) or 0 * max by (host) (host_cpu_cores)`,
    },
    {
      record: 'host:memory_utilization:ratio',
      expr: 'max by (host) (host_memory_working_set_bytes / node_memory_MemTotal_bytes)',
    },
    { record: 'host:memory_saturation:rate', expr: `max by (host) (${grown('host_memory_limit_hits_total')})` },
    { record: 'host:memory_errors:rate', expr: `max by (host) (${grown('host_memory_oom_kills_total')})` },
    {
      record: 'host:disk_utilization:ratio',
      expr: '1 - min by (host) (node_filesystem_avail_bytes / node_filesystem_size_bytes)',
    },
    { record: 'host:network_saturation:rate', expr: bothWays('drop') },
    { record: 'host:network_errors:rate', expr: bothWays('errs') },
  ];
  return { name: 'use', interval: promDuration(2 * monitoring.sloIntervalMs), rules };
}

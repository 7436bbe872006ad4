import { readSamples } from '../observe/metrics-text.ts';

/** Requests of a server, and how many of them it failed. */
export interface Counts {
  readonly requests: number;
  /** 5xx responses, and requests that ended without a complete response: failed connects, broken and truncated responses. */
  readonly failures: number;
}

export const NO_COUNTS: Counts = { requests: 0, failures: 0 };

/** HAProxy's counters of attempts that ended without a complete response. Such an attempt is in no counter of responses. */
const BROKEN = [
  'haproxy_server_connection_errors_total',
  'haproxy_server_response_errors_total',
  'haproxy_server_server_aborts_total',
] as const;
const RESPONSES = 'haproxy_server_http_responses_total';

/** The counters of every server of a backend, from the metrics of one HAProxy. */
export function parseCounts(text: string, backend: string): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  const count = (server: string | undefined, requests: number, failures: number): void => {
    if (server !== undefined) counts.set(server, addCounts(counts.get(server) ?? NO_COUNTS, { requests, failures }));
  };
  for (const { labels, value } of readSamples(text, RESPONSES)) {
    if (labels['proxy'] === backend) count(labels['server'], value, labels['code'] === '5xx' ? value : 0);
  }
  for (const name of BROKEN) {
    for (const { labels, value } of readSamples(text, name)) {
      if (labels['proxy'] === backend) count(labels['server'], value, value);
    }
  }
  return counts;
}

export function addCounts(one: Counts, other: Counts): Counts {
  return { requests: one.requests + other.requests, failures: one.failures + other.failures };
}

/** The increase between two readings. HAProxy's counters begin at zero after a restart or a reload. */
export function increaseOf(before: Counts, after: Counts): Counts {
  if (after.requests < before.requests || after.failures < before.failures) return after;
  return { requests: after.requests - before.requests, failures: after.failures - before.failures };
}

import type { Traces } from '../../deploy/model/profile.ts';
import { traceOf } from './is-trace-sampled.ts';
import type { LineAggregator } from './line-aggregator.ts';
import { isMessage, parseHaproxyLine, type HaproxyNames } from './parse-haproxy-line.ts';
import { makeSequenceTracker } from './sequence.ts';
import { makeCounters, makeHistograms } from './series-map.ts';
import type { SiteCounter } from './site-counter.ts';

/** `now` is the wall clock, which may jump; `elapsed` is monotonic. Both in milliseconds. */
interface HaproxyAggregatorContext {
  /** Since 1970. */
  readonly now: () => number;
  /** Since an arbitrary moment. */
  readonly elapsed: () => number;
  /** Counts the requests that clients sent to this HAProxy. */
  readonly site: SiteCounter;
}

/** Frontends that clients connect to: that of an edge, and those of the load balancers for clients that bypass the edges. */
const CLIENT_FRONTENDS: ReadonlySet<string> = new Set(['edge', 'http', 'https']);

/** Counts the requests of one HAProxy. `sampling`: selects the traces that become exemplars. */
export function makeHaproxyAggregator(
  names: HaproxyNames,
  sampling: Traces,
  { now, elapsed, site }: HaproxyAggregatorContext,
): LineAggregator {
  const durations = makeHistograms('haproxy_log_request_duration_seconds', ['proxy', 'backend', 'server']);
  const requests = makeCounters('haproxy_log_requests_total', ['proxy', 'backend', 'server', 'code', 'termination']);
  const sequence = makeSequenceTracker(elapsed);
  let lines = 0;
  let malformed = 0;
  let messages = 0;
  return {
    take(text) {
      if (isMessage(text)) {
        messages += 1;
        return;
      }
      lines += 1;
      const line = parseHaproxyLine(text, names);
      if (line === undefined) {
        malformed += 1;
        return;
      }
      sequence.take(line.counter, line.sequence);
      if (line.isCheck) return;
      durations.of(line.proxy, line.backend, line.server).observe(line.seconds, traceOf(line, sampling, now));
      requests.of(line.proxy, line.backend, line.server, line.code, line.termination).value += 1;
      if (CLIENT_FRONTENDS.has(line.proxy) && !line.isForwarded) site.count('client', line.isError ? 'error' : 'ok');
    },
    emit(emit) {
      durations.emit(emit);
      requests.emit(emit);
      emit({ name: 'haproxy_log_lines_total', value: lines });
      emit({ name: 'haproxy_log_lines_malformed_total', value: malformed });
      emit({ name: 'haproxy_log_messages_total', value: messages });
      emit({ name: 'haproxy_log_lines_lost_total', value: sequence.lost() });
    },
  };
}

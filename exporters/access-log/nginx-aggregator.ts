import type { Traces } from '../../deploy/model/profile.ts';
import { traceOf } from './is-trace-sampled.ts';
import type { LineAggregator } from './line-aggregator.ts';
import { parseNginxLine } from './parse-nginx-line.ts';
import { makeHistograms } from './series-map.ts';

/** Name of the only upstream in the configuration of Nginx. */
const UPSTREAM = 'app-pool';

/** Counts the requests of one Nginx. `sampling`: selects the traces that become exemplars; `now`: milliseconds since 1970. */
export function makeNginxAggregator(sampling: Traces, now: () => number): LineAggregator {
  const requests = makeHistograms('nginx_http_request_duration_seconds', ['method', 'route', 'code']);
  const tries = makeHistograms('nginx_upstream_response_duration_seconds', ['upstream', 'code']);
  let lines = 0;
  let malformed = 0;
  let bytes = 0;
  return {
    take(text) {
      lines += 1;
      const line = parseNginxLine(text);
      if (line === undefined) {
        malformed += 1;
        return;
      }
      // Requests that Nginx answered without an upstream have no spans.
      const trace = line.tries.length === 0 ? undefined : traceOf(line, sampling, now);
      requests.of(line.method, line.route, line.code).observe(line.seconds, trace);
      for (const { code, seconds } of line.tries) tries.of(UPSTREAM, code).observe(seconds, trace);
      bytes += line.bytes;
    },
    emit(emit) {
      requests.emit(emit);
      tries.emit(emit);
      emit({ name: 'nginx_http_sent_bytes_total', value: bytes });
      emit({ name: 'nginx_log_lines_total', value: lines });
      emit({ name: 'nginx_log_lines_malformed_total', value: malformed });
    },
  };
}

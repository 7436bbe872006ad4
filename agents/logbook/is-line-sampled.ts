import { isTraceSampled } from '../../exporters/access-log/is-trace-sampled.ts';
import type { LogbookConfig } from './config.ts';
import { parseFields } from './parse-fields.ts';
import type { TracedLine } from './read-line.ts';

/**
 * Whether Zipkin keeps the trace of a line, as far as the line tells: so says that its request failed or took long, or the id itself. The
 * application has lines of what went wrong only, so each of its own says it. What was retried is known to the application alone.
 */
export function lineLeadsToTrace({ traceId, text }: TracedLine, keep: LogbookConfig['keep']): boolean {
  const fields = parseFields(text);
  if ('level' in fields) return true;
  const code = Number(fields['status']) >= 500 ? '5xx' : 'other';
  return isTraceSampled({ traceId, code, seconds: secondsOf(fields) }, keep);
}

/** Of a line of Nginx or HAProxy; 0 where it tells none. */
function secondsOf(fields: Readonly<Record<string, string>>): number {
  const seconds = Number(fields['seconds'] ?? Number(fields['ms.all']) / 1000);
  return Number.isFinite(seconds) ? seconds : 0;
}

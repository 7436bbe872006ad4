import { isTraceSampled } from '../../exporters/access-log/is-trace-sampled.ts';
import type { TraceLogsConfig } from './config.ts';
import { parseFields } from './parse-fields.ts';
import type { TracedLine } from './read-line.ts';

/**
 * Whether the trace of a line is sampled, as far as the line shows: its request failed or was slow, or its trace ID is selected by ratio.
 * The application logs only problems, so each of its lines belongs to a sampled trace. Only the application knows which requests were
 * retried.
 */
export function isLineSampled({ traceId, text }: TracedLine, keep: TraceLogsConfig['keep']): boolean {
  const fields = parseFields(text);
  if ('level' in fields) return true;
  const code = Number(fields['status']) >= 500 ? '5xx' : 'other';
  return isTraceSampled({ traceId, code, seconds: secondsOf(fields) }, keep);
}

/** Duration in a line of Nginx or HAProxy; 0 if it has none. */
function secondsOf(fields: Readonly<Record<string, string>>): number {
  const seconds = Number(fields['seconds'] ?? Number(fields['ms.all']) / 1000);
  return Number.isFinite(seconds) ? seconds : 0;
}

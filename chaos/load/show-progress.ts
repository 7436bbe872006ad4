import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestRecord } from '../evidence/request-record.ts';
import { latencyOf } from '../judge/latency.ts';
import type { LoadRun } from './load-run.ts';

/** Time window of the progress line: it shows the requests that ended in it. */
const WINDOW_MS = 5_000;

/** Shows the progress of a load until it ends: once per second on a terminal, in one line that is overwritten, and every 10 s elsewhere. */
export async function showProgress(run: LoadRun, stream: NodeJS.WriteStream = process.stderr): Promise<void> {
  const over = run.done.then(
    () => true,
    () => true,
  );
  const pauseMs = stream.isTTY ? 1_000 : 10_000;
  while (!(await Promise.race([over, sleep(pauseMs, false, { ref: false })]))) {
    const line = renderProgress(run.records, Date.now());
    stream.write(stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }
  if (stream.isTTY) stream.write('\r\u001b[2K');
}

/** Rate and p99 of the last seconds, and all failures. */
export function renderProgress(records: readonly RequestRecord[], nowMs: number): string {
  if (records.length === 0) return 'load: preparing';
  const fromMs = nowMs - WINDOW_MS;
  const recent: RequestRecord[] = [];
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index];
    // Records are sorted by their ends.
    if (record === undefined || record.startMs + record.durationMs < fromMs) break;
    recent.push(record);
  }
  const failed = records.filter((record) => !record.ok).length;
  const { p99 } = latencyOf(recent);
  const rate = (recent.length * 1000) / WINDOW_MS;
  return `load: ${records.length} requests, ${rate.toFixed(0)}/s, ${failed} failed, p99 ${p99?.toFixed(0) ?? '-'} ms`;
}

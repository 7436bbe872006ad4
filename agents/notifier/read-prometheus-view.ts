import { openPrometheus } from '../../kit/prometheus.ts';
import { type PrometheusView, WATCHDOG } from './judge-end.ts';

/** An end waits no longer for a Prometheus that does not answer. */
const DEADLINE_MS = 1_000;

/** What a Prometheus says of these alerts; `undefined` when it does not answer in time. */
export async function readPrometheusView(url: string, names: readonly string[]): Promise<PrometheusView | undefined> {
  const prometheus = openPrometheus(url, { deadlineMs: DEADLINE_MS });
  try {
    const [startedAtMs, settling, rules] = await Promise.all([
      prometheus.startedAtMs(),
      prometheus.query('holdfast:settling'),
      prometheus.alertRules([WATCHDOG, ...names.filter((name) => name !== WATCHDOG)]),
    ]);
    return { startedAtMs, isSettling: settling.length > 0, rules };
  } catch {
    return undefined;
  }
}

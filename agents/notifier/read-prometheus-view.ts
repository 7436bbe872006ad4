import { openPrometheus } from '../../kit/prometheus.ts';
import { type PrometheusView, WATCHDOG } from './judge-end.ts';

/** Maximum wait for a Prometheus that does not respond. */
const DEADLINE_MS = 1_000;

/** The view of a Prometheus on these alerts; `undefined` if it does not respond in time. */
export async function readPrometheusView(url: string, names: readonly string[]): Promise<PrometheusView | undefined> {
  const prometheus = openPrometheus(url, { deadlineMs: DEADLINE_MS });
  try {
    const [startedAtMs, startupGrace, rules] = await Promise.all([
      prometheus.startedAtMs(),
      prometheus.query('holdfast:startup_grace'),
      prometheus.alertRules([WATCHDOG, ...names.filter((name) => name !== WATCHDOG)]),
    ]);
    return { startedAtMs, isStarting: startupGrace.length > 0, rules };
  } catch {
    return undefined;
  }
}

/** A duration as Prometheus and Alertmanager write it: `2s`, `1500ms`. */
export function promDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

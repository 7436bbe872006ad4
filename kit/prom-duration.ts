/** A duration as Prometheus and Alertmanager write it: `2s`, `1500ms`. */
export function promDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as Prometheus writes it, in ms: `2s`, `1500ms`, `5m`. Throws on anything else: it was not written by {@link promDuration}. */
export function parsePromDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null) throw new Error(`${text} is no duration of Prometheus`);
  return Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
}

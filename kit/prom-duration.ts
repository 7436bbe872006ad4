/** A duration in the format of Prometheus and Alertmanager: `2s`, `1500ms`. */
export function promDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses a duration with one unit, such as `2s`, `1500ms` or `5m`; returns ms. Throws on anything else. */
export function parsePromDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null) throw new Error(`${text} is not a Prometheus duration`);
  return Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
}

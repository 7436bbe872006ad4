/** `87 ms`, `1.24 s`, `61 s`. */
export function renderMs(ms: number): string {
  if (!Number.isFinite(ms)) return 'never';
  if (Math.abs(ms) < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
}

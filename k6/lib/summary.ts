import type { Settings } from './settings.ts';

/** Writes k6's summary to a file, and nothing to the terminal: the results are evaluated from the records. */
export function summarize(settings: Settings, data: unknown): Record<string, string> {
  return { [`${settings.results}/summary.json`]: JSON.stringify(data) };
}

import type { Settings } from './settings.ts';

/** Writes k6's whole summary to a file, and nothing to the terminal: the reader of the records tells what happened. */
export function summarize(settings: Settings, data: unknown): Record<string, string> {
  return { [`${settings.results}/summary.json`]: JSON.stringify(data) };
}

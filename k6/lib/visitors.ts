import * as flows from './flows.ts';
import { parseSettings } from './settings.ts';
import { summarize } from './summary.ts';

/** The functions that k6 calls by name. A suite of visitors exports these and its own `options`. */
export const settings = parseSettings(__ENV);

export function setup(): flows.Prepared {
  return flows.prepare(settings);
}

export function browse(prepared: flows.Prepared): void {
  flows.browse(settings, prepared);
}

export function login(): void {
  flows.login(settings);
}

export function order(prepared: flows.Prepared): void {
  flows.order(settings, prepared);
}

export function handleSummary(data: unknown): Record<string, string> {
  return summarize(settings, data);
}

import * as flows from '../lib/flows.ts';
import { optionsOf } from '../lib/options.ts';
import { planSteady } from '../lib/plan.ts';
import { parseSettings } from '../lib/settings.ts';
import { summarize } from '../lib/summary.ts';

const settings = parseSettings(__ENV);

/** Visitors at the same rate, once they are all there: reads, logins and orders, with new and with kept connections. */
export const options = optionsOf(planSteady(settings));

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

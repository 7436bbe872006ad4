import * as flows from '../lib/flows.ts';
import { optionsOf } from '../lib/options.ts';
import { planRamp } from '../lib/plan.ts';
import { parseSettings } from '../lib/settings.ts';
import { summarize } from '../lib/summary.ts';

const settings = parseSettings(__ENV);

/** More and more visitors up to the rate, which is held and let go: where does the stack bend? */
export const options = optionsOf(planRamp(settings));

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

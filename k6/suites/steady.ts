import { optionsOf } from '../lib/options.ts';
import { planSteady } from '../lib/plan.ts';
import { settings } from '../lib/visitors.ts';

export { browse, handleSummary, login, order, setup } from '../lib/visitors.ts';

/** Visitors at a constant rate after the warm-up: reads, logins and orders, with new and with reused connections. */
export const options = optionsOf(planSteady(settings));

import { optionsOf } from '../lib/options.ts';
import { planSteady } from '../lib/plan.ts';
import { settings } from '../lib/visitors.ts';

export { browse, handleSummary, login, order, setup } from '../lib/visitors.ts';

/** Visitors at the same rate, once they are all there: reads, logins and orders, with new and with kept connections. */
export const options = optionsOf(planSteady(settings));

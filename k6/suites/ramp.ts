import { optionsOf } from '../lib/options.ts';
import { planRamp } from '../lib/plan.ts';
import { settings } from '../lib/visitors.ts';

export { browse, handleSummary, login, order, setup } from '../lib/visitors.ts';

/** The number of visitors increases to the rate, stays there and decreases, to find the capacity of the stack. */
export const options = optionsOf(planRamp(settings));

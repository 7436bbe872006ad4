import { optionsOf } from '../lib/options.ts';
import { planRamp } from '../lib/plan.ts';
import { settings } from '../lib/visitors.ts';

export { browse, handleSummary, login, order, setup } from '../lib/visitors.ts';

/** More and more visitors up to the rate, which is held and let go: where does the stack bend? */
export const options = optionsOf(planRamp(settings));

import { optionsOf } from '../lib/options.ts';
import { planSteady } from '../lib/plan.ts';
import { settings } from '../lib/visitors.ts';

export { browse, handleSummary, login, order, setup } from '../lib/visitors.ts';

/**
 * The visitors of `steady`, for changes of a running stack. By default, a quarter of them uses TLS, and so HTTP/2: a connection that a server closes in
 * an orderly way carries its streams to their end (GOAWAY).
 */
export const options = optionsOf(planSteady(settings));

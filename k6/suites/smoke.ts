import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { choose } from '../lib/choice.ts';
import { COMMON_OPTIONS } from '../lib/options.ts';
import { SMOKE_MAX_SECONDS } from '../lib/plan.ts';
import type { Sender } from '../lib/send.ts';
import { parseSettings } from '../lib/settings.ts';
import * as shop from '../lib/shop.ts';
import { summarize } from '../lib/summary.ts';

const settings = parseSettings(__ENV);

/** Every kind of page and API call of the shop, once for every target, with new and with reused connections. */
export const options = {
  ...COMMON_OPTIONS,
  scenarios: {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- k6's types call these plain objects classes
    smoke: {
      executor: 'shared-iterations',
      vus: 1,
      iterations: settings.targets.length * 2,
      maxDuration: `${SMOKE_MAX_SECONDS}s`,
    },
  },
} satisfies Options;

export default function smoke(): void {
  const iteration = exec.scenario.iterationInTest;
  const target = choose(settings.targets, iteration);
  const sender: Sender = {
    scenario: 'smoke',
    iteration,
    target,
    connection: iteration < settings.targets.length ? 'new' : 'kept',
  };
  const paths = shop.staticPathsOf(shop.requestHome(sender));
  // A page without static files is incomplete. The request of a missing file makes it a failure.
  for (const path of paths.length > 0 ? paths : ['/static/none-was-named']) shop.requestStatic(sender, path);
  shop.requestList(sender, 1);
  shop.requestProduct(sender, iteration + 1, 'html');
  shop.requestProduct(sender, iteration + 1, 'json');
  const session = shop.logIn(sender, iteration, `${settings.runId}-login-${iteration}`) ?? 'none';
  const order = { key: `${settings.runId}-${iteration}`, iteration };
  const orderId = shop.placeOrder(sender, session, order);
  shop.readOwnOrder(sender, session, orderId ?? 'none');
  shop.repeatOrder(sender, session, { ...order, orderId: orderId ?? 'none' });
}

export function handleSummary(data: unknown): Record<string, string> {
  return summarize(settings, data);
}

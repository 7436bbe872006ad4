import { isHealthy } from '../../kit/hosts.ts';
import { changeServices } from './change-services.ts';
import type { PlannedHost } from './plan.ts';
import { renderReasons } from './render-plan.ts';
import { replacement, type RollItem } from './roll.ts';

/**
 * The change of a planned host in a roll: a change of its services where the plan says so, or its replacement. The services of an unhealthy host may not
 * respond, so that one is replaced too.
 */
export function rollItem(planned: PlannedHost): RollItem {
  const { host, action } = planned;
  if (action !== 'reload' && action !== 'restart') return replacement(planned);
  return {
    host,
    verb: action === 'reload' ? 'reloading' : 'restarting',
    reasons: [renderReasons(planned)],
    keepsConnections: action === 'reload',
    act: async (options) => {
      const { context, onStep } = options;
      if (!isHealthy(await context.hosts.state(host.name))) {
        await replacement(planned).act(options);
        return;
      }
      onStep?.(host.name, 'reload');
      await changeServices(planned, options);
    },
  };
}

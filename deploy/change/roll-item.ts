import { isHealthy } from '../../kit/hosts.ts';
import { changeServices } from './change-services.ts';
import type { PlannedHost } from './plan.ts';
import { renderReasons } from './render-plan.ts';
import { replaceHosts, replacement, type RollItem, type RollOptions } from './roll.ts';

/** Services that no client is connected to, so that a restart cuts nothing. */
const WITHOUT_CLIENTS: ReadonlySet<string> = new Set([
  'role-agent',
  'lb-state',
  'facts',
  'disk-space',
  'varnish-facts',
]);

/**
 * The change of a planned host in a roll: a change of its services where the plan says so, or its replacement. The services of an unhealthy host may not
 * respond, so that one is replaced too.
 */
export function rollItem(planned: PlannedHost): RollItem {
  const { host, action, services = [] } = planned;
  if (!changesServices(planned)) return replacement(planned);
  return {
    host,
    verb: action === 'reload' ? 'reloading' : 'restarting',
    reasons: [renderReasons(planned)],
    keepsConnections: services.every(({ service, how }) => how === 'reload' || WITHOUT_CLIENTS.has(service)),
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

/** Changes hosts at the same time, without regard to redundancy. Does not wait for their health. */
export async function changeAtOnce(
  planned: readonly PlannedHost[],
  options: Pick<RollOptions, 'context' | 'signal' | 'onProgress'>,
): Promise<void> {
  const states = await options.context.hosts.list();
  const keepsContainer = (one: PlannedHost): boolean => changesServices(one) && isHealthy(states.get(one.host.name));
  const replaced = planned.filter((one) => !keepsContainer(one));
  for (const { host, reasons } of replaced) options.onProgress(`replacing ${host.name}: ${reasons.join(', ')}`);
  await replaceHosts(replaced, options.signal);
  await Promise.all(planned.filter(keepsContainer).map((one) => changeServices(one, options)));
}

function changesServices({ action }: PlannedHost): boolean {
  return action === 'reload' || action === 'restart';
}

import type { PlannedHost } from './plan.ts';
import { renderServices } from './service-change.ts';

/** Number of reasons in a line. */
const SHOWN_REASONS = 3;

/** A line per host: its name, the action and the reasons. */
export function renderPlan(changes: readonly PlannedHost[]): string {
  if (changes.length === 0) return 'Nothing differs: every host is as the topology has it.';
  const width = Math.max(...changes.map(({ host }) => host.name.length));
  return changes
    .map((change) => `${change.host.name.padEnd(width)}  ${change.action.padEnd(7)}  ${renderReasons(change)}`)
    .join('\n');
}

/** The services that change, and the first reasons: `haproxy: haproxy.cfg changed, errors/400.html changed and 3 more`. */
export function renderReasons({ reasons, services = [] }: Pick<PlannedHost, 'reasons' | 'services'>): string {
  const more = reasons.length - SHOWN_REASONS;
  const shown = reasons.slice(0, SHOWN_REASONS).join(', ');
  const names = services.length === 0 ? '' : `${renderServices(services)}: `;
  return `${names}${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The change of a host as `plan --json` prints it. */
export function toJson({ host, action, reasons, services = [] }: PlannedHost): object {
  return { host: host.name, tier: host.tier, action, services, reasons };
}

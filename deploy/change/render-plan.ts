import { hostsOf, type Topology } from '../model/topology.ts';
import type { PlannedHost } from './plan.ts';
import { predictChange, type ChangePrediction } from './predict-change.ts';
import { renderServices } from './service-change.ts';

/** Number of reasons in a line. */
const SHOWN_REASONS = 3;

/**
 * A line per host, in the order of the change: its name, the action and the reasons. Below it, what that exposes and for how long, once per tier, and the
 * predicted time of the whole.
 */
export function renderPlan(changes: readonly PlannedHost[], topology: Topology): string {
  if (changes.length === 0) return 'Nothing differs: every host is as the topology has it.';
  const width = Math.max(...changes.map(({ host }) => host.name.length));
  const lines = changes.map(
    (change) => `${change.host.name.padEnd(width)}  ${change.action.padEnd(7)}  ${renderReasons(change)}`,
  );
  const predicted = changes.flatMap((change) => {
    const prediction = predictionOf(change, topology);
    return prediction === undefined ? [] : [{ tier: change.host.tier, ...prediction }];
  });
  const exposed = [
    ...new Set(predicted.map(({ tier, exposes, seconds }) => `  ${tier}: ${exposes}, about ${seconds} s per host`)),
  ];
  const seconds = predicted.reduce((sum, one) => sum + one.seconds, 0);
  const total =
    exposed.length === 0
      ? []
      : [
          '',
          'While a host is changed, its tier has:',
          ...exposed,
          `One host at a time, about ${seconds} s in all. No request is predicted to fail.`,
        ];
  return [...lines, ...total].join('\n');
}

function predictionOf({ host, action }: PlannedHost, topology: Topology): ChangePrediction | undefined {
  return predictChange(action, host.tier, hostsOf(topology, host.tier).length);
}

/** The services that change, and the first reasons: `haproxy: haproxy.cfg changed, errors/400.html changed and 3 more`. */
export function renderReasons({ reasons, services = [] }: Pick<PlannedHost, 'reasons' | 'services'>): string {
  const more = reasons.length - SHOWN_REASONS;
  const shown = reasons.slice(0, SHOWN_REASONS).join(', ');
  const names = services.length === 0 ? '' : `${renderServices(services)}: `;
  return `${names}${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The change of a host as `plan --json` prints it. */
export function toJson(change: PlannedHost, topology: Topology): object {
  const { host, action, reasons, services = [] } = change;
  return { host: host.name, tier: host.tier, action, services, reasons, predicted: predictionOf(change, topology) };
}

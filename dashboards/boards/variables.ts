import type { Tier } from '../../deploy/model/topology.ts';
import type { Variable } from '../board.ts';

/** Hosts of a tier that Prometheus scrapes. Targets of other jobs need not be hosts. */
export function hostsVariable(tier: Tier): Variable {
  return { name: 'host', label: 'Host', selector: `up{job="host",tier="${tier}"}`, of: 'host' };
}

/** Hosts of every tier whose host metrics Prometheus scrapes. */
export function hostsOfEveryTier(): Variable {
  return { name: 'host', label: 'Host', selector: 'up{job="host"}', of: 'host' };
}

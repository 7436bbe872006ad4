import type { Tier } from '../../deploy/model/topology.ts';
import type { Variable } from '../board.ts';

/** The hosts of a tier that are scraped. */
export function hostsVariable(tier: Tier): Variable {
  return { name: 'host', label: 'Host', selector: `up{tier="${tier}"}`, of: 'host' };
}

/** Every host that is looked at. */
export function hostsOfEveryTier(): Variable {
  return { name: 'host', label: 'Host', selector: 'up{job="host"}', of: 'host' };
}

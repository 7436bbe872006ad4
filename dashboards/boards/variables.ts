import type { Tier } from '../../deploy/topology.ts';
import type { Variable } from '../board.ts';

/** The hosts of a tier that are scraped. */
export function hostsVariable(tier: Tier): Variable {
  return { name: 'host', label: 'Host', selector: `up{tier="${tier}"}`, of: 'host' };
}

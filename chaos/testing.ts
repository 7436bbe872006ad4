import { makeTopology } from '../deploy/topology.ts';
import { isOfObjective, isOwnAlert, type DeliveredAlert } from './contract/alert-contract.ts';
import { readDelivered } from './contract/alert-watch.ts';

/** What was mailed since then of what is broken now: without what objectives say, which may be of what was broken before. */
export async function mailedSince(sinceMs: number): Promise<readonly DeliveredAlert[]> {
  const delivered = await readDelivered(makeTopology(), sinceMs);
  return delivered.filter(({ alertname }) => !isOwnAlert(alertname) && !isOfObjective(alertname));
}

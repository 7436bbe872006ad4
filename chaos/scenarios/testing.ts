import { makeTopology } from '../../deploy/model/topology.ts';
import { isOfObjective, isOwnAlert, type DeliveredAlert } from '../alert-expectations/alert-contract.ts';
import { readDelivered } from '../alert-expectations/alert-watch.ts';
import type { FaultContext } from '../faults/fault.ts';

/** What was mailed since then of what is broken now: without what objectives say, which may be of what was broken before. */
export async function mailedSince(sinceMs: number): Promise<readonly DeliveredAlert[]> {
  const delivered = await readDelivered(makeTopology(), sinceMs);
  return delivered.filter(({ alertname }) => !isOwnAlert(alertname) && !isOfObjective(alertname));
}

/** Ends one process of a host, and lets nobody start it again before this is disposed of. */
export async function stopService(world: FaultContext, host: string, service: string): Promise<AsyncDisposable> {
  const order = async (option: string): Promise<void> => {
    const { code, stderr } = await world.hosts.exec(host, ['s6-svc', option, `/etc/s6/${service}`]);
    if (code !== 0) throw new Error(`${service} on ${host}: ${stderr}`);
  };
  await order('-d');
  return { [Symbol.asyncDispose]: () => order('-u') };
}

import type { StackContext } from '../../deploy/observe/observation.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { isSloAlert, isOwnAlert, type DeliveredAlert } from '../alert-expectations/alert-expectations.ts';
import { readDelivered } from '../alert-expectations/alert-watch.ts';

/** The alerts that were mailed since `sinceMs`, without those of the alert delivery path, and without SLO alerts, which an earlier fault may cause. */
export async function mailedSince(sinceMs: number): Promise<readonly DeliveredAlert[]> {
  const delivered = await readDelivered(makeTopology(), sinceMs);
  return delivered.filter(({ alertname }) => !isOwnAlert(alertname) && !isSloAlert(alertname));
}

/** Stops a service of a host until this is disposed of. */
export async function stopService(world: StackContext, host: string, service: string): Promise<AsyncDisposable> {
  const order = async (option: string): Promise<void> => {
    const { code, stderr } = await world.hosts.exec(host, ['s6-svc', option, `/etc/s6/${service}`]);
    if (code !== 0) throw new Error(`${service} on ${host}: ${stderr}`);
  };
  await order('-d');
  return { [Symbol.asyncDispose]: () => order('-u') };
}

import { addressOn, hostsOf, PORTS } from '../../../deploy/model/topology.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import type { ValkeyTarget } from '../../../exporters/valkey/connection.ts';
import { VALKEY_EXPORTER } from '../../../exporters/valkey/exporter.ts';
import { makeSentinelExporter } from '../../../exporters/valkey/sentinel.ts';
import { connectMsOf, type ModuleMaker } from '../module-maker.ts';

/** The Valkey and the Sentinel of each cache host. */
export const cacheModules: ModuleMaker = ({ topology, readSecret, log }) => {
  const hosts = hostsOf(topology, 'cache');
  const names = new Map(hosts.map((host) => [addressOn(host, 'data'), host.name]));
  const login = { user: 'monitor', password: readSecret('cache-monitor-password') };
  const connectMs = connectMsOf(topology);
  const targetsAt = (port: number): ReadonlyMap<string, ValkeyTarget> =>
    new Map(hosts.map((host) => [host.name, { address: addressOn(host, 'ops'), port, ...login, connectMs }]));
  return [
    makeModule('valkey', { exporter: VALKEY_EXPORTER, targets: targetsAt(PORTS.valkey), log }),
    makeModule('sentinel', { exporter: makeSentinelExporter(names), targets: targetsAt(PORTS.sentinel), log }),
  ];
};

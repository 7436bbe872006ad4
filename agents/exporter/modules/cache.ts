import { addressOn, hostsOf, PORTS } from '../../../deploy/topology.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import type { ValkeyTarget } from '../../../exporters/valkey/connection.ts';
import { VALKEY_EXPORTER } from '../../../exporters/valkey/exporter.ts';
import { makeSentinelExporter } from '../../../exporters/valkey/sentinel.ts';
import { connectMsOf, type ModuleContext, type ModuleMaker } from '../module-maker.ts';

/** The Valkey of each cache host. */
export const valkeyModule: ModuleMaker = (context) =>
  makeModule('valkey', {
    exporter: VALKEY_EXPORTER,
    targets: targetsOf(context, PORTS.valkey),
    log: context.log,
  });

/** The Sentinel of each cache host. */
export const sentinelModule: ModuleMaker = (context) => {
  const hosts = hostsOf(context.topology, 'cache');
  return makeModule('sentinel', {
    exporter: makeSentinelExporter(new Map(hosts.map((host) => [addressOn(host, 'data'), host.name]))),
    targets: targetsOf(context, PORTS.sentinel),
    log: context.log,
  });
};

function targetsOf({ topology, readSecret }: ModuleContext, port: number): ReadonlyMap<string, ValkeyTarget> {
  const login = { user: 'monitor', password: readSecret('cache-monitor-password') };
  const connectMs = connectMsOf(topology);
  return new Map(
    hostsOf(topology, 'cache').map((host) => [
      host.name,
      { address: addressOn(host, 'ops'), port, ...login, connectMs },
    ]),
  );
}

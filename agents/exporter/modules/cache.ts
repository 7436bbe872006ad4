import { makeModule } from '../../../exporters/kit/probe-server.ts';
import type { ValkeyTarget } from '../../../exporters/valkey/connection.ts';
import { VALKEY_EXPORTER } from '../../../exporters/valkey/exporter.ts';
import { makeSentinelExporter } from '../../../exporters/valkey/sentinel.ts';
import type { ExporterConfig } from '../config.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** The Valkey and the Sentinel of each cache host. */
export const cacheModules: ModuleMaker = ({ config: { cache, connectMs }, readSecret, log }) => {
  const names = new Map(cache.map(({ peerAddress, host }) => [peerAddress, host]));
  const login = { user: 'monitor', password: readSecret('cache-monitor-password') };
  const targets = (portOf: (host: ExporterConfig['cache'][number]) => number): ReadonlyMap<string, ValkeyTarget> =>
    new Map(cache.map((host) => [host.host, { address: host.address, port: portOf(host), ...login, connectMs }]));
  return [
    makeModule('valkey', { exporter: VALKEY_EXPORTER, targets: targets(({ valkeyPort }) => valkeyPort), log }),
    makeModule('sentinel', {
      exporter: makeSentinelExporter(names),
      targets: targets(({ sentinelPort }) => sentinelPort),
      log,
    }),
  ];
};

import { addressOn, hostsOf, PORTS } from '../../../deploy/topology.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { makeMysqlExporter } from '../../../exporters/mysql/exporter.ts';
import type { MysqlTarget } from '../../../exporters/mysql/session.ts';
import { connectMsOf, type ModuleContext, type ModuleMaker } from '../module-maker.ts';

/** The database nodes. */
export const mysqlModule: ModuleMaker = (context) => {
  const databases = hostsOf(context.topology, 'db');
  return makeModule('mysql', {
    exporter: makeMysqlExporter(new Map(databases.map((host) => [addressOn(host, 'data'), host.name]))),
    targets: targetsOf(context),
    log: context.log,
  });
};

function targetsOf({ topology, readSecret }: ModuleContext): ReadonlyMap<string, MysqlTarget> {
  const login = { user: 'monitor', password: readSecret('db-monitor-password'), authority: readSecret('ca-cert') };
  const connectMs = connectMsOf(topology);
  return new Map(
    hostsOf(topology, 'db').map((host) => [
      host.name,
      { address: addressOn(host, 'ops'), port: PORTS.mysql, login, connectMs },
    ]),
  );
}

import { addressOn, hostsOf, PORTS } from '../../../deploy/model/topology.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { makeMysqlDetailExporter } from '../../../exporters/mysql/detail-exporter.ts';
import { makeMysqlExporter } from '../../../exporters/mysql/exporter.ts';
import { makeMysqlSessions, type MysqlTarget } from '../../../exporters/mysql/session.ts';
import { connectMsOf, type ModuleMaker } from '../module-maker.ts';

/** The database nodes: how they fare, and seldom what is expensive to tell. Both use the same sessions. */
export const mysqlModules: ModuleMaker = ({ topology, readSecret, log }) => {
  const databases = hostsOf(topology, 'db');
  const names = new Map(databases.map((host) => [addressOn(host, 'data'), host.name]));
  const login = { user: 'monitor', password: readSecret('db-monitor-password'), authority: readSecret('ca-cert') };
  const connectMs = connectMsOf(topology);
  const targets: ReadonlyMap<string, MysqlTarget> = new Map(
    databases.map((host) => [host.name, { address: addressOn(host, 'ops'), port: PORTS.mysql, login, connectMs }]),
  );
  const open = makeMysqlSessions();
  return [
    makeModule('mysql', { exporter: makeMysqlExporter(names, open), targets, log }),
    makeModule('mysql-detail', { exporter: makeMysqlDetailExporter(open), targets, log }),
  ];
};

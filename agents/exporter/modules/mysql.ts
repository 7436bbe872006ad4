import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { makeMysqlDetailExporter } from '../../../exporters/mysql/detail-exporter.ts';
import { makeMysqlExporter } from '../../../exporters/mysql/exporter.ts';
import { makeMysqlSessions, type MysqlTarget } from '../../../exporters/mysql/session.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** The database nodes: fast metrics, and expensive metrics with a slow interval. Both modules use the same sessions. */
export const mysqlModules: ModuleMaker = ({ config: { mysql, connectMs }, readSecret, log }) => {
  const names = new Map(mysql.map(({ peerAddress, host }) => [peerAddress, host]));
  const login = { user: 'monitor', password: readSecret('db-monitor-password'), authority: readSecret('ca-cert') };
  const targets: ReadonlyMap<string, MysqlTarget> = new Map(
    mysql.map(({ host, address, port }) => [host, { address, port, login, connectMs }]),
  );
  const open = makeMysqlSessions();
  return [
    makeModule('mysql', { exporter: makeMysqlExporter(names, open), targets, log }),
    makeModule('mysql-detail', { exporter: makeMysqlDetailExporter(open), targets, log }),
  ];
};

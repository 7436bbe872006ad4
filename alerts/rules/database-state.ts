import { absent, always, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, detailFor } from '../alert.ts';

/** Above this lag, a user who has just ordered may read outdated data from a secondary. */
const MAX_LAG_SECONDS = 10;
/** The pools of all application hosts together need half of the connections. */
const MAX_CONNECTIONS_RATIO = 0.8;

const lag = (host: string): string => `mysql_group_replication_apply_lag_seconds{host="${host}"}`;
const open = (host: string): string => `mysql_global_status_threads_connected{host="${host}"}`;
const limit = (host: string): string => `mysql_global_variables_max_connections{host="${host}"}`;

/** Alerts of the self-reported state of database nodes. */
export const DATABASE_STATE_ALERTS: readonly Alert[] = [
  {
    name: 'DatabaseReplicaLagging',
    domain: 'database',
    severity: 'warning',
    owner: 'database',
    group: 'low-priority',
    expr: `max by (host) (mysql_group_replication_apply_lag_seconds) > ${MAX_LAG_SECONDS}`,
    forMs: detailFor,
    // A node that is recovering or down exposes no lag.
    onAbsent: { coveredBy: 'DatabaseNodeLost' },
    summary: 'Database node {{ $labels.host }} lags by {{ $value | humanize }} s',
    description: `{{ $labels.host }} is ONLINE and applies a transaction that was committed {{ $value | humanize }} s ago (limit ${MAX_LAG_SECONDS} s).`,
    cases: [
      fires(
        'a secondary cannot keep up',
        { [lag('db1')]: always(0), [lag('db2')]: step(0, 25) },
        { labels: { host: 'db2' }, value: '25' },
      ),
      quiet('a large transaction is applied', { [lag('db2')]: dip(0, 9) }),
      quiet('one scrape during a long transaction', { [lag('db2')]: dip(0, 20, 6) }),
      absent('no node is scraped or ONLINE', {}),
      resolves('it has caught up', { [lag('db3')]: dip(0, 40) }, { labels: { host: 'db3' }, value: '40' }),
    ],
  },
  {
    name: 'DatabaseConnectionsNearLimit',
    domain: 'database',
    severity: 'warning',
    owner: 'application',
    group: 'low-priority',
    expr: `max by (host) (mysql_global_status_threads_connected / mysql_global_variables_max_connections) > ${MAX_CONNECTIONS_RATIO}`,
    forMs: detailFor,
    onAbsent: { coveredBy: 'DatabaseNodeLost' },
    summary: 'Database node {{ $labels.host }} uses {{ $value | humanizePercentage }} of its connections',
    description: `{{ $labels.host }} uses {{ $value | humanizePercentage }} of max_connections (limit ${MAX_CONNECTIONS_RATIO * 100} %). At 100 % it refuses the application.`,
    cases: [
      fires(
        'the pools grow without limit',
        {
          [open('db1')]: step(40, 270),
          [limit('db1')]: always(300),
          [open('db2')]: always(40),
          [limit('db2')]: always(300),
        },
        { labels: { host: 'db1' }, value: '90%' },
      ),
      quiet('after a failover all connections are on one node', {
        [open('db1')]: step(40, 200),
        [limit('db1')]: always(300),
      }),
      absent('no metrics of the nodes', {}),
      resolves(
        'connections are closed',
        { [open('db1')]: dip(40, 300), [limit('db1')]: always(300) },
        { labels: { host: 'db1' }, value: '100%' },
      ),
    ],
  },
];

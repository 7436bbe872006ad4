import { stringify } from 'yaml';
import { type Host, PORTS, type Topology, addressOn, hostsOf } from '../../model/topology.ts';
import { promDuration } from '../../../kit/prom-duration.ts';
import { INHIBITIONS, inhibitRule } from './inhibitions.ts';
import { linksOf } from './links-of.ts';
import { externalUrl, lines } from './render-prometheus.ts';

/** Interval of Alertmanager's heartbeat to its notifier (the always-firing alert `Watchdog`). */
export function watchdogIntervalMs(topology: Topology): number {
  return 2 * topology.profile.monitoring.groupIntervalMs;
}

/** Folder of Alertmanager's silences and notification log. */
export const ALERTMANAGER_FOLDER = '/var/lib/alertmanager';

/** Interval at which Alertmanager writes both to disk. Newer changes are lost if all members crash at once. Its default is 15 min; both files are small. */
export const SAVE_INTERVAL_MS = 10_000;

/**
 * `alertmanager.yml` of a monitor host. Each Alertmanager notifies the notifier on its own host, because both fail together. The members gossip
 * sent notifications, so that only one sends, and the next one takes over after `peerTimeoutMs` times its position.
 */
export function renderAlertmanagerConfig(topology: Topology, host: Host): string {
  const { monitoring } = topology.profile;
  // The notification log is per receiver name. A separate name per host makes each notifier receive its own watchdog.
  const watchdog = `watchdog-${host.name}`;
  const config = {
    route: {
      receiver: 'notifier',
      // One mail per host, or per failure domain for alerts without a host. Each drill is its own group.
      group_by: ['domain', 'host', 'drill_id'],
      group_wait: promDuration(monitoring.groupWaitMs),
      group_interval: promDuration(monitoring.groupIntervalMs),
      repeat_interval: promDuration(monitoring.repeatIntervalMs),
      routes: [
        {
          receiver: watchdog,
          matchers: ['alertname="Watchdog"'],
          group_by: ['alertname'],
          group_wait: '0s',
          group_interval: promDuration(monitoring.groupIntervalMs),
          repeat_interval: promDuration(watchdogIntervalMs(topology)),
        },
        { receiver: 'none', matchers: ['severity="none"'] },
      ],
    },
    inhibit_rules: INHIBITIONS.map(inhibitRule),
    receivers: [
      { name: 'none' },
      { name: 'notifier', webhook_configs: [webhook('/webhook')] },
      { name: watchdog, webhook_configs: [{ ...webhook('/watchdog'), send_resolved: false }] },
    ],
  };
  return stringify(config, { lineWidth: 0 });
}

function webhook(path: string): { readonly url: string; readonly send_resolved: boolean; readonly timeout: string } {
  return { url: `http://127.0.0.1:${PORTS.notifier}${path}`, send_resolved: true, timeout: '5s' };
}

/** Command line of Alertmanager, one argument per line. The advertise address is explicit, because Alertmanager does not detect 198.18/15. */
export function renderAlertmanagerArguments(topology: Topology, host: Host): string {
  const { monitoring } = topology.profile;
  const peers = hostsOf(topology, 'monitor').filter((other) => other.name !== host.name);
  const gossip = (of: Host): string => `${addressOn(of, 'ops')}:${PORTS.alertmanagerGossip}`;
  return lines([
    '--config.file=/etc/holdfast/alertmanager.yml',
    `--storage.path=${ALERTMANAGER_FOLDER}`,
    '--data.retention=24h',
    `--data.maintenance-interval=${promDuration(SAVE_INTERVAL_MS)}`,
    `--web.listen-address=0.0.0.0:${PORTS.alertmanager}`,
    ...externalUrl(linksOf(topology, host).alertmanager),
    `--cluster.listen-address=${gossip(host)}`,
    `--cluster.advertise-address=${gossip(host)}`,
    ...peers.map((peer) => `--cluster.peer=${gossip(peer)}`),
    `--cluster.peer-timeout=${promDuration(monitoring.peerTimeoutMs)}`,
    `--cluster.settle-timeout=${promDuration(monitoring.peerTimeoutMs)}`,
    '--cluster.gossip-interval=500ms',
    `--cluster.pushpull-interval=${promDuration(monitoring.peerTimeoutMs)}`,
    `--cluster.reconnect-interval=${promDuration(monitoring.scrapeIntervalMs)}`,
    '--log.level=warn',
  ]);
}

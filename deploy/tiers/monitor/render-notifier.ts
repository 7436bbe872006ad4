import { slowestScrapeIntervalMs } from '../../model/scrape-jobs.ts';
import { type Host, PORTS, type Topology, addressOn, hostsOf } from '../../model/topology.ts';
import { linksOf } from './links-of.ts';
import { ALERTS_FOLDER } from './render-prometheus.ts';
import { watchdogIntervalMs } from './render-alertmanager.ts';

/** `notifier.json` of a monitor host; `agents/notifier/config.ts` defines its format. */
export function renderNotifierConfig(topology: Topology, host: Host): string {
  const { monitoring } = topology.profile;
  const others = hostsOf(topology, 'monitor').filter((other) => other.name !== host.name);
  // The one on the same host first, because it fails together with this notifier.
  const prometheusUrls = ['127.0.0.1', ...others.map((other) => addressOn(other, 'ops'))].map(
    (address) => `http://${address}:${PORTS.prometheus}`,
  );
  return render({
    ...commonConfig(topology, host),
    stateFolder: '/var/lib/holdfast/notifier',
    passwordFile: `${SECRETS}/smtp-password`,
    peers: others.map((other) => ({ host: other.name, url: notifierUrl(other) })),
    chart: {
      prometheus: prometheusUrls,
      plotsFile: `${ALERTS_FOLDER}/plots.json`,
      // Five minutes at a scrape interval of 2 s.
      leadMs: 150 * monitoring.scrapeIntervalMs,
      minStepMs: monitoring.scrapeIntervalMs,
      deadlineMs: 1_500,
    },
    ends: {
      prometheus: prometheusUrls,
      // A rate needs two samples.
      warmUpMs: 2 * slowestScrapeIntervalMs(monitoring) + 2 * monitoring.evaluationIntervalMs,
      // Longer than a restart of both Prometheus servers and their startup grace period.
      unmonitoredAfterMs: monitoring.startupGraceMs,
      unheardAfterMs: 6 * monitoring.repeatIntervalMs,
    },
    watchdog: { alert: 'WatchdogSilent', heartbeatSources: [], deadlineMs: 6 * watchdogIntervalMs(topology) },
    heartbeatTargets: hostsOf(topology, 'mail').map(notifierUrl),
  });
}

/**
 * `deadman.json` of a mail host: the dead man's switch, a notifier without Alertmanager that does not fail together with the monitors. It alerts if
 * the heartbeats of all monitors' notifiers are missing for longer than a restart of both takes.
 */
export function renderDeadmanConfig(topology: Topology, host: Host): string {
  const { monitoring } = topology.profile;
  return render({
    ...commonConfig(topology, host),
    stateFolder: '/var/lib/holdfast/deadman',
    passwordFile: `${SECRETS}/deadman-smtp-password`,
    peers: [],
    watchdog: {
      alert: 'MonitorsSilent',
      heartbeatSources: hostsOf(topology, 'monitor').map((monitor) => addressOn(monitor, 'ops')),
      deadlineMs: 6 * monitoring.groupIntervalMs,
    },
    heartbeatTargets: [],
  });
}

const SECRETS = '/run/holdfast/secrets';

function commonConfig(topology: Topology, host: Host) {
  const { monitoring } = topology.profile;
  return {
    host: host.name,
    port: PORTS.notifier,
    from: `holdfast ${host.name} <notifier@${host.name}.holdfast.example>`,
    to: ['oncall@holdfast.example'],
    smtp: hostsOf(topology, 'mail').map((mail) => ({
      host: addressOn(mail, 'ops'),
      port: PORTS.smtp,
      servername: mail.name,
      user: 'notifier',
    })),
    caFile: `${SECRETS}/ca-cert`,
    // Alertmanager's repeated notifications are ignored before this time; afterwards they cause a reminder.
    repeatAfterMs: monitoring.reminderIntervalMs,
    links: linksOf(topology, host),
    // Shorter than the time after which a queued mail causes an alert.
    flood: { groups: 10, withinMs: 2 * monitoring.groupIntervalMs },
  };
}

function render(config: object): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function notifierUrl(host: Host): string {
  return `http://${addressOn(host, 'ops')}:${PORTS.notifier}`;
}

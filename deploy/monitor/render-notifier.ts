import { type Host, type Links, PORTS, type Topology, addressOn, hostsOf, publishedUrl } from '../topology.ts';
import { ALERTS_FOLDER } from './render-prometheus.ts';
import { watchdogIntervalMs } from './render-alertmanager.ts';

/** `notifier.json` of a monitor host; its shape is `agents/notifier/config.ts`'s. */
export function renderNotifierConfig(topology: Topology, host: Host): string {
  const { watch } = topology.profile;
  const others = hostsOf(topology, 'monitor').filter((other) => other.name !== host.name);
  const config = {
    host: host.name,
    port: PORTS.notifier,
    stateFolder: '/var/lib/holdfast/notifier',
    from: `holdfast ${host.name} <notifier@${host.name}.holdfast.example>`,
    to: ['oncall@holdfast.example'],
    smtp: hostsOf(topology, 'mail').map((mail) => ({
      host: addressOn(mail, 'ops'),
      port: PORTS.smtp,
      servername: mail.name,
      user: 'notifier',
    })),
    passwordFile: '/run/holdfast/secrets/smtp-password',
    caFile: '/run/holdfast/secrets/ca-cert',
    // What Alertmanager retells sooner is nothing new; later it is a reminder.
    repeatAfterMs: watch.repeatIntervalMs,
    peers: others.map((other) => ({ host: other.name, url: `http://${addressOn(other, 'ops')}:${PORTS.notifier}` })),
    links: linksOf(topology, host),
    chart: {
      // The one on the same host first: it shares this notifier's fate.
      prometheus: ['127.0.0.1', ...others.map((other) => addressOn(other, 'ops'))].map(
        (address) => `http://${address}:${PORTS.prometheus}`,
      ),
      plotsFile: `${ALERTS_FOLDER}/plots.json`,
      // Five minutes where everything is seen every two seconds.
      leadMs: 150 * watch.scrapeIntervalMs,
      minStepMs: watch.scrapeIntervalMs,
      deadlineMs: 1_500,
    },
    // Shorter than what makes a mail that waits an alert of its own.
    flood: { groups: 10, withinMs: 2 * watch.groupIntervalMs },
    watchdogDeadlineMs: 6 * watchdogIntervalMs(topology),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** What the stack publishes itself, unless the topology says where else. A key that is undefined is not written. */
function linksOf(topology: Topology, host: Host): Links {
  const [mail] = hostsOf(topology, 'mail');
  const mailbox = publishedUrl(mail, PORTS.mailbox);
  const prometheus = publishedUrl(host, PORTS.prometheus);
  const alertmanager = publishedUrl(host, PORTS.alertmanager);
  const [trace] = hostsOf(topology, 'trace');
  const traces = publishedUrl(trace, PORTS.zipkin);
  return {
    ...(mailbox === undefined ? {} : { runbooks: `${mailbox}/runbooks` }),
    ...(prometheus === undefined ? {} : { prometheus }),
    ...(alertmanager === undefined ? {} : { alertmanager }),
    ...(traces === undefined ? {} : { traces }),
    ...topology.links,
  };
}

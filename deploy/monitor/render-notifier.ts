import { type Host, PORTS, type Topology, addressOn, hostsOf } from '../topology.ts';
import { watchdogIntervalMs } from './render-alertmanager.ts';

/** `notifier.json` of a monitor host; its shape is `agents/notifier/config.ts`'s. */
export function renderNotifierConfig(topology: Topology, host: Host): string {
  const { watch } = topology.profile;
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
    // A notification that comes again this soon is a repetition by accident (a webhook tried twice); later it is a reminder.
    repeatAfterMs: watch.repeatIntervalMs / 2,
    peers: hostsOf(topology, 'monitor')
      .filter((other) => other.name !== host.name)
      .map((other) => ({ host: other.name, url: `http://${addressOn(other, 'ops')}:${PORTS.notifier}` })),
    watchdogDeadlineMs: 6 * watchdogIntervalMs(topology),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

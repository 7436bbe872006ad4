import { renderDeadmanConfig } from '../monitor/render-notifier.ts';
import { immediate, restart, type RenderedFile } from '../../model/rendered-file.ts';
import { type Host, PORTS, type Topology } from '../../model/topology.ts';

/** Every configuration file of a mail host; `agents/mailbox/config.ts` defines the format of `mailbox.json`. */
export function renderMail(topology: Topology, host: Host): readonly RenderedFile[] {
  const config = {
    host: host.name,
    smtpPort: PORTS.smtp,
    pagePort: PORTS.mailbox,
    folder: '/var/lib/holdfast/mail',
    user: 'notifier',
    passwordFile: '/run/holdfast/secrets/smtp-password',
    certFile: '/run/holdfast/secrets/mail-cert',
    keyFile: '/run/holdfast/secrets/mail-key',
    // More than a day's mails during a severe outage.
    maxMails: 2_000,
    runbooksFolder: '/etc/holdfast-runbooks',
    links: [
      { title: 'runbooks', url: '/runbooks' },
      // The monitors' published pages on this machine.
      ...topology.hosts.flatMap((other) =>
        other.tier === 'monitor'
          ? other.published.map(({ loopbackPort, what }) => ({
              title: `${what} on ${other.name}`,
              url: `http://127.0.0.1:${loopbackPort}/`,
            }))
          : [],
      ),
    ],
  };
  return [
    { path: 'mailbox.json', text: `${JSON.stringify(config, undefined, 2)}\n`, onChange: restart('mailbox') },
    { path: 'deadman.json', text: renderDeadmanConfig(topology, host), onChange: restart('deadman') },
    // The checks of `/usr/local/bin/healthy`: port, path, name.
    {
      path: 'healthy.list',
      text: `${PORTS.mailbox} /healthz the mailbox\n${PORTS.notifier} /healthz the dead man's switch\n`,
      onChange: immediate,
    },
  ];
}

import { renderDeadmanConfig } from '../monitor/render-notifier.ts';
import type { RenderedFile } from '../../model/rendered-file.ts';
import { type Host, PORTS, type Topology } from '../../model/topology.ts';

/** What the mail host reads from `/etc/holdfast`; the shape of `mailbox.json` is `agents/mailbox/config.ts`'s. */
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
    // About a day of a very bad day.
    maxMails: 2_000,
    runbooksFolder: '/etc/holdfast-runbooks',
    links: [
      { title: 'runbooks', url: '/runbooks' },
      // Where the reader finds the monitors on the user's machine.
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
    { path: 'mailbox.json', text: `${JSON.stringify(config, undefined, 2)}\n` },
    { path: 'deadman.json', text: renderDeadmanConfig(topology, host) },
    // What `/usr/local/bin/healthy` asks: port, path, name.
    {
      path: 'healthy.list',
      text: `${PORTS.mailbox} /healthz the mailbox\n${PORTS.notifier} /healthz the dead man's switch\n`,
    },
  ];
}

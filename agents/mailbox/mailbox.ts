import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import type { MailboxConfig } from './config.ts';
import { makeServer } from './server.ts';
import { makeSmtpSink } from './smtp-sink.ts';
import { openMailStore } from './store.ts';

/** A running mailbox, with its ports also if the configuration has 0. */
export interface Mailbox extends AsyncDisposable {
  readonly smtpPort: number;
  readonly pagePort: number;
}

/** Starts the SMTP server and the HTTP server. */
export async function openMailbox(config: MailboxConfig, log: (line: string) => void): Promise<Mailbox> {
  const store = await openMailStore(config.folder, config.maxMails);
  const registry = new Registry();
  collectProcessMetrics(registry);
  const received = new Counter({
    name: 'holdfast_mailbox_mails_received_total',
    help: 'Received and stored mails.',
    registers: [registry],
  });
  const duplicates = new Counter({
    name: 'holdfast_mailbox_duplicates_total',
    help: 'Duplicate mails by Message-ID.',
    registers: [registry],
  });
  new Gauge({
    name: 'holdfast_mailbox_mails',
    help: 'Stored mails.',
    registers: [registry],
    collect() {
      this.set(store.list(0).length);
    },
  });
  // Read once: a later certificate on disk is only presented after a restart.
  const cert = readFileSync(config.certFile, 'utf8');
  new Gauge({
    name: 'holdfast_mailbox_certificate_end_timestamp_seconds',
    help: 'Expiry time of the certificate presented to SMTP clients.',
    registers: [registry],
  }).set(new X509Certificate(cert).validToDate.getTime() / 1000);
  const smtp = makeSmtpSink({
    ...config,
    store,
    password: readFileSync(config.passwordFile, 'utf8').trim(),
    cert,
    key: readFileSync(config.keyFile, 'utf8'),
    now: Date.now,
    onMail: (mail) => {
      if (mail.copies > 1) duplicates.inc();
      else received.inc();
      log(`received${mail.copies > 1 ? ' again' : ''}: ${mail.subject}`);
    },
    log,
  });
  const page = makeServer({ ...config, store, registry, log });
  const listener = smtp.listen(config.smtpPort);
  await once(listener, 'listening');
  page.listen(config.pagePort);
  await once(page, 'listening');
  return {
    smtpPort: (listener.address() as AddressInfo).port,
    pagePort: (page.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      page.close();
      page.closeAllConnections();
      await new Promise<void>((resolve) => {
        smtp.close(resolve);
      });
    },
  };
}

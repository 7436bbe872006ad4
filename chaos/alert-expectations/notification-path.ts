import type { Observation } from '../../deploy/observe/observation.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import { deadlineSignal, waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { fetchText } from '../../deploy/observe/http.ts';
import { readDelivered } from './alert-watch.ts';

interface PathOptions {
  readonly topology: Topology;
  /** Value of the alert's label `host`, so that the alert gets a separate mail. */
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Default 40 s. */
  readonly deadlineMs?: number;
}

/**
 * Sends a probe alert through Alertmanager and a notifier to the mailbox, and waits for its mail. Without this proof, a mail that is missing later
 * proves nothing.
 */
export async function proveNotificationPath(options: PathOptions): Promise<Observation> {
  const { topology, runId, signal, deadlineMs = 40_000 } = options;
  const sentAt = Date.now();
  const alert = {
    labels: { alertname: 'NotificationPathProbe', severity: 'info', domain: 'notification', host: runId },
    annotations: { summary: 'holdfast prove checks alert delivery to this mailbox. Nothing is wrong.' },
    startsAt: new Date(sentAt).toISOString(),
    endsAt: new Date(sentAt + 30_000).toISOString(),
  };
  const monitors = hostsOf(topology, 'monitor');
  try {
    const urls = monitors.map((host) => `http://${addressOn(host, 'ops')}:${PORTS.alertmanager}/api/v2/alerts`);
    await Promise.any(urls.map((url) => fetchText(url, { method: 'POST', body: [alert] })));
    const mail = await waitFor(
      async () => {
        const delivered = await readDelivered(topology, sentAt - 1_000);
        return delivered.find(({ alertname, host }) => alertname === alert.labels.alertname && host === runId);
      },
      { what: 'the mail of the probe alert', deadlineMs, intervalMs: 300, signal: deadlineSignal(deadlineMs, signal) },
    );
    return {
      seen: true,
      text: `a probe alert was mailed after ${((mail.receivedAtMs - sentAt) / 1_000).toFixed(1)} s`,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { seen: false, text: `alert delivery is broken: ${messageOf(error)}` };
  }
}

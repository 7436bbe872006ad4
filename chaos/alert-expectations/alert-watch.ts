import { setTimeout as sleep } from 'node:timers/promises';
import { mailListSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import { messageOf } from '../../kit/errors.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { openPrometheus, type Prometheus } from '../../kit/prometheus.ts';
import { fetchJson } from '../../deploy/observe/http.ts';
import { isOwnAlert, type AlertEvidence, type DeliveredAlert, type FiringAlert } from './alert-expectations.ts';

/** Timeout of a query to a monitor; short, because monitors are polled repeatedly. */
const DEADLINE_MS = 2_000;

/** The alerts that fire on one Prometheus now, without those of the alert delivery path itself. */
export async function readFiring(topology: Topology, monitor: string): Promise<readonly FiringAlert[]> {
  const alerts = await prometheusOf(topology, monitor).alerts();
  return alerts
    .filter(({ state, labels }) => state === 'firing' && !isOwnAlert(labels['alertname'] ?? ''))
    .map(({ labels, activeAtMs }) => ({
      monitor,
      alertname: labels['alertname'] ?? '',
      ...(labels['host'] === undefined ? {} : { host: labels['host'] }),
      activeAtMs,
      firstSeenMs: Date.now(),
    }));
}

/**
 * Whether the startup grace period suppresses the alerts of this Prometheus, or is about to. For some seconds after Prometheus itself starts, its
 * rules have not recorded the grace period yet.
 */
export async function isInStartupGrace(topology: Topology, monitor: string): Promise<boolean> {
  const prometheus = prometheusOf(topology, monitor);
  const { startupGraceMs } = topology.profile.monitoring;
  const [startupGrace, [healthy], startedAtMs] = await Promise.all([
    prometheus.query('holdfast:startup_grace'),
    prometheus.query(`max_over_time(holdfast:last_healthy_timestamp_seconds[${promDuration(2 * startupGraceMs)}])`),
    prometheus.startedAtMs(),
  ]);
  const healthyMs = (healthy?.samples.at(-1)?.[1] ?? 0) * 1_000;
  return startupGrace.length > 0 || (healthyMs < startedAtMs && Date.now() - startedAtMs < startupGraceMs);
}

function prometheusOf(topology: Topology, monitor: string): Prometheus {
  const host = hostsOf(topology, 'monitor').find(({ name }) => name === monitor);
  if (host === undefined) throw new Error(`there is no monitor ${monitor}`);
  return openPrometheus(`http://${addressOn(host, 'ops')}:${PORTS.prometheus}`, { deadlineMs: DEADLINE_MS });
}

/** All alerts of all mails that the mailbox has received since `sinceMs`. Drill alerts are excluded: a drill may run at the same time. */
export async function readDelivered(topology: Topology, sinceMs: number): Promise<readonly DeliveredAlert[]> {
  const [mail] = hostsOf(topology, 'mail');
  if (mail === undefined) throw new Error('the topology has no mailbox');
  const url = `http://${addressOn(mail, 'ops')}:${PORTS.mailbox}/api/messages?since=${Math.floor(sinceMs)}`;
  const messages = await fetchJson(url, mailListSchema);
  return messages.flatMap((message) =>
    message.alerts
      .filter(({ drill }) => drill === undefined)
      .map(({ alertname, status, host, key }) => ({
        mailId: message.id,
        copies: message.copies,
        ...(key === undefined ? {} : { key }),
        alertname,
        status,
        ...(host === undefined ? {} : { host }),
        receivedAtMs: message.receivedAtMs,
        subject: message.subject,
      })),
  );
}

/** Polls all Prometheus servers and the mailbox until it is disposed of. */
export interface AlertWatch extends AsyncDisposable {
  /** The observations so far. */
  evidence(): AlertEvidence;
}

interface AlertWatchOptions {
  readonly topology: Topology;
  readonly sinceMs: number;
  readonly onFiring?: (alert: FiringAlert) => void;
  readonly onDelivered?: (alert: DeliveredAlert) => void;
}

const POLL_INTERVAL_MS = 500;

export function openAlertWatch(options: AlertWatchOptions): AlertWatch {
  const { topology, sinceMs } = options;
  const stop = new AbortController();
  const firing = new Map<string, FiringAlert>();
  const mailed = new Set<string>();
  let delivered: readonly DeliveredAlert[] = [];
  let mailboxProblem: string | undefined = 'the mailbox was never read';
  const prometheusProblems = new Map<string, string>();

  const pollMonitor = async (monitor: string): Promise<void> => {
    try {
      for (const alert of await readFiring(topology, monitor)) {
        const key = `${monitor} ${alert.alertname} ${alert.host ?? ''} ${alert.activeAtMs}`;
        if (firing.has(key)) continue;
        firing.set(key, alert);
        options.onFiring?.(alert);
      }
      prometheusProblems.delete(monitor);
    } catch (error) {
      prometheusProblems.set(monitor, `could not query Prometheus on ${monitor}: ${messageOf(error)}`);
    }
  };
  const pollMailbox = async (): Promise<void> => {
    try {
      delivered = await readDelivered(topology, sinceMs);
      mailboxProblem = undefined;
    } catch (error) {
      mailboxProblem = `could not read the mailbox: ${messageOf(error)}`;
      return;
    }
    for (const alert of delivered) {
      const key = `${alert.receivedAtMs} ${alert.status} ${alert.alertname} ${alert.host ?? ''}`;
      if (mailed.has(key)) continue;
      mailed.add(key);
      if (!isOwnAlert(alert.alertname)) options.onDelivered?.(alert);
    }
  };
  const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);
  const polling = (async () => {
    while (!stop.signal.aborted) {
      await Promise.all([pollMailbox(), ...monitors.map(pollMonitor)]);
      await sleep(POLL_INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await pollMailbox();
  })();
  return {
    evidence: () => ({
      firing: [...firing.values()],
      delivered,
      problems: [
        ...(mailboxProblem === undefined ? [] : [mailboxProblem]),
        // An alert fires on every monitor, so one that can be queried is enough.
        ...(prometheusProblems.size === monitors.length ? prometheusProblems.values() : []),
      ],
    }),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await polling;
    },
  };
}

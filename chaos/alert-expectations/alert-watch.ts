import { setTimeout as sleep } from 'node:timers/promises';
import { mailListSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import { messageOf } from '../../kit/errors.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { openPrometheus, type Prometheus } from '../../kit/prometheus.ts';
import { fetchJson } from '../probes/http.ts';
import { isOwnAlert, type AlertEvidence, type DeliveredAlert, type FiringAlert } from './alert-contract.ts';

/** How long a monitor may take: it is asked again and again. */
const DEADLINE_MS = 2_000;

/** Firing alerts as one Prometheus sees them now, its own watchdog left out. */
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
 * Whether this Prometheus still holds its alerts back because the stack is starting, or is about to: for some seconds after it was started itself its
 * rules do not know that yet.
 */
export async function isSettling(topology: Topology, monitor: string): Promise<boolean> {
  const prometheus = prometheusOf(topology, monitor);
  const { startupGraceMs } = topology.profile.monitoring;
  const [settling, [well], startedAtMs] = await Promise.all([
    prometheus.query('holdfast:settling'),
    prometheus.query(`max_over_time(holdfast:all_well_timestamp_seconds[${promDuration(2 * startupGraceMs)}])`),
    prometheus.startedAtMs(),
  ]);
  const wellMs = (well?.samples.at(-1)?.[1] ?? 0) * 1_000;
  return settling.length > 0 || (wellMs < startedAtMs && Date.now() - startedAtMs < startupGraceMs);
}

function prometheusOf(topology: Topology, monitor: string): Prometheus {
  const host = hostsOf(topology, 'monitor').find(({ name }) => name === monitor);
  if (host === undefined) throw new Error(`there is no monitor ${monitor}`);
  return openPrometheus(`http://${addressOn(host, 'ops')}:${PORTS.prometheus}`, { deadlineMs: DEADLINE_MS });
}

/** Every alert of every mail that the mailbox received since then. Drills are none: somebody may hold one at the same time. */
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

/** Looks at both Prometheus servers and the mailbox as long as an experiment runs. */
export interface AlertWatch extends AsyncDisposable {
  /** Seen so far. */
  evidence(): AlertEvidence;
}

interface AlertWatchOptions {
  readonly topology: Topology;
  readonly sinceMs: number;
  readonly onFiring?: (alert: FiringAlert) => void;
  readonly onDelivered?: (alert: DeliveredAlert) => void;
}

const LOOK_EVERY_MS = 500;

export function openAlertWatch(options: AlertWatchOptions): AlertWatch {
  const { topology, sinceMs } = options;
  const stop = new AbortController();
  const firing = new Map<string, FiringAlert>();
  const mailed = new Set<string>();
  let delivered: readonly DeliveredAlert[] = [];
  let mailboxProblem: string | undefined = 'the mailbox was never read';
  const prometheusProblems = new Map<string, string>();

  const lookAtMonitor = async (monitor: string): Promise<void> => {
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
  const lookAtMailbox = async (): Promise<void> => {
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
  const watching = (async () => {
    while (!stop.signal.aborted) {
      await Promise.all([lookAtMailbox(), ...monitors.map(lookAtMonitor)]);
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await lookAtMailbox();
  })();
  return {
    evidence: () => ({
      firing: [...firing.values()],
      delivered,
      problems: [
        ...(mailboxProblem === undefined ? [] : [mailboxProblem]),
        // One of two monitors is enough to see an alert fire.
        ...(prometheusProblems.size === monitors.length ? prometheusProblems.values() : []),
      ],
    }),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
    },
  };
}

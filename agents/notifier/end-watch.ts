import { messageOf } from '../../kit/errors.ts';
import type { PrometheusAlert } from '../../kit/prometheus.ts';
import { activeIn, judgeEnd, type PrometheusView } from './judge-end.ts';
import type { NotifiedAlert, Notification } from './notification.ts';
import { activeOccurrence, isOver, newerOf } from './occurrence.ts';
import type { OpenAlert, OpenAlerts } from './open-alerts.ts';
import { OWN_ALERTS } from './watchdog.ts';

/** Timings for the confirmation of ends. */
export interface EndTimes {
  /** From the start of a Prometheus until it has scraped everything twice: before that it cannot confirm an end. */
  readonly warmUpMs: number;
  /** After this time without a Prometheus that can evaluate the alert, it is mailed as unmonitored. */
  readonly unmonitoredAfterMs: number;
  /** Alertmanager repeats firing alerts. After this time without a repetition, Prometheus is queried about the alert. */
  readonly unheardAfterMs: number;
}

interface EndWatchOptions extends EndTimes {
  readonly alerts: OpenAlerts;
  /** The view of every Prometheus on the rules with these names; `undefined` for one that does not respond. */
  readonly queryAll: (names: readonly string[]) => Promise<readonly (PrometheusView | undefined)[]>;
  readonly put: (notification: Notification) => void;
  /** Wall-clock time in epoch ms. */
  readonly now: () => number;
  /** Monotonic time in ms. */
  readonly elapsed: () => number;
  readonly log: (line: string) => void;
}

/** Holds the ends of alerts until a Prometheus confirms them. */
export interface EndWatch extends Disposable {
  /**
   * Handles a notification of Alertmanager. Returns the alerts to mail at once, if any. The ends that wait for confirmation are on
   * disk when it returns.
   */
  readonly onReceived: (notification: Notification) => Notification | undefined;
  /** Handles the fact that this or another notifier mailed a notification. */
  readonly onNotified: (notification: Notification) => void;
}

/** Intervals between two checks of unconfirmed ends: short at first, because most are confirmed at once. */
const FAST_CHECK_MS = 1_000;
const SLOW_CHECK_MS = 5_000;
const FAST_CHECKS_FOR_MS = 30_000;

export function openEndWatch(options: EndWatchOptions): EndWatch {
  const { alerts, put, now, elapsed, log } = options;
  /** When Alertmanager last sent an alert, and since when no Prometheus can evaluate it (monotonic). */
  const receivedAt = new Map<string, number>();
  const unknownSince = new Map<string, number>();
  const openedAt = elapsed();
  /** When a Prometheus last had an alert whose end was reported too early (epoch ms). */
  const activeAtMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isClosed = false;

  const msSinceReceived = (key: string): number => elapsed() - (receivedAt.get(key) ?? openedAt);
  const forget = (key: string): void => {
    alerts.remove(key);
    receivedAt.delete(key);
    unknownSince.delete(key);
    activeAtMs.delete(key);
  };
  const keepNewer = (received: OpenAlert): void => {
    alerts.set(newerOf(alerts.find(received.alert.key), received));
  };
  const isDue = ({ alert, endsAtMs }: OpenAlert): boolean =>
    endsAtMs !== undefined || msSinceReceived(alert.key) > options.unheardAfterMs;

  /** A Prometheus has the alert: as the open occurrence, or as the next one, which then replaces the open one. */
  const keepOpen = (open: OpenAlert, active: readonly PrometheusAlert[]): void => {
    const { alert } = open;
    unknownSince.delete(alert.key);
    const occurrence = activeOccurrence(open, active);
    if (occurrence.kind !== 'pending') activeAtMs.set(alert.key, now());
    if (occurrence.kind !== 'next') return;
    const { startsAtMs } = occurrence;
    alerts.set({ ...open, alert: { ...alert, startsAtMs }, endsAtMs: now() });
    log(`${[alert.name, alert.host ?? []].flat().join(' ')} fires again, since ${new Date(startsAtMs).toISOString()}`);
  };
  const confirm = async (): Promise<void> => {
    const due = alerts.list().filter(isDue);
    if (due.length === 0) return;
    const views = await options.queryAll([...new Set(due.map(({ alert }) => alert.name))]);
    // An alert that changed during the query may be the next occurrence. The responses do not cover it, so it is queried again.
    const unchanged = due.filter((open) => alerts.find(open.alert.key) === open);
    const judged = Map.groupBy(unchanged, ({ alert }) => judgeEnd(alert, views, { ...options, nowMs: now() }));
    const ended = judged.get('ended') ?? [];
    for (const notification of notificationsOf(ended, (open) =>
      resolved(open, activeAtMs.get(open.alert.key), now()),
    )) {
      put(notification);
    }
    for (const { alert } of ended) forget(alert.key);
    for (const open of judged.get('active') ?? []) keepOpen(open, activeIn(open.alert, views));
    const unknown = (judged.get('unknown') ?? []).filter(({ alert: { key } }) => {
      const since = unknownSince.get(key) ?? elapsed();
      unknownSince.set(key, since);
      return elapsed() - since >= options.unmonitoredAfterMs;
    });
    // Put on every check; the spool drops the duplicates.
    for (const notification of notificationsOf(unknown, ({ alert }) => ({ ...alert, status: 'unmonitored' }))) {
      put(notification);
    }
  };
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(run, ms);
  };
  const run = (): void => {
    if (isRunning) return;
    isRunning = true;
    confirm()
      .catch((error: unknown) => {
        log(`confirming the end of alerts failed: ${messageOf(error)}`);
      })
      .finally(() => {
        isRunning = false;
        const waiting = alerts.list().filter(({ endsAtMs }) => endsAtMs !== undefined);
        const isRecent = waiting.some(({ alert }) => msSinceReceived(alert.key) < FAST_CHECKS_FOR_MS);
        if (alerts.list().length > 0) schedule(isRecent ? FAST_CHECK_MS : SLOW_CHECK_MS);
      });
  };
  schedule(FAST_CHECK_MS);
  return {
    onReceived: (notification) => {
      const { wait = [], certain = [] } = Object.groupBy(notification.alerts, (alert) =>
        isConfirmed(alert) && alert.status === 'resolved' ? 'wait' : 'certain',
      );
      const { thread } = notification;
      for (const { key } of notification.alerts) receivedAt.set(key, elapsed());
      for (const alert of wait) {
        keepNewer({ thread, alert: firing(alert), endsAtMs: alert.endsAtMs ?? now() });
      }
      for (const alert of certain.filter((one) => isConfirmed(one) && alerts.find(one.key) !== undefined)) {
        keepNewer({ thread, alert: firing(alert) });
      }
      if (wait.length > 0) schedule(0);
      return certain.length === 0 ? undefined : { ...notification, alerts: certain };
    },
    onNotified: ({ thread, alerts: notified }) => {
      for (const alert of notified.filter(isConfirmed)) {
        if (alert.status === 'resolved') {
          const open = alerts.find(alert.key);
          if (open === undefined || !isOver(alert, alert.endsAtMs, open)) forget(alert.key);
        } else {
          receivedAt.set(alert.key, receivedAt.get(alert.key) ?? elapsed());
          keepNewer({ thread, alert: firing(alert) });
        }
      }
      schedule(FAST_CHECK_MS);
    },
    [Symbol.dispose]: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Whether its end needs confirmation by Prometheus. The drill command ends drills, and the notifier ends its own alerts. */
function isConfirmed({ name, drill }: NotifiedAlert): boolean {
  return drill === undefined && !OWN_ALERTS.some((own) => own === name);
}

function firing(alert: NotifiedAlert): NotifiedAlert {
  return { ...alert, status: 'firing', endsAtMs: undefined };
}

function resolved({ alert, endsAtMs }: OpenAlert, activeAtMs: number | undefined, nowMs: number): NotifiedAlert {
  return { ...alert, status: 'resolved', endsAtMs: Math.max(endsAtMs ?? nowMs, activeAtMs ?? 0) };
}

/** One notification per thread, as Alertmanager would group them. */
function notificationsOf(
  open: readonly OpenAlert[],
  toAlert: (open: OpenAlert) => NotifiedAlert,
): readonly Notification[] {
  return [...Map.groupBy(open, ({ thread }) => thread)].map(([thread, group]) => ({
    thread,
    alerts: group.map(toAlert),
    truncated: 0,
  }));
}

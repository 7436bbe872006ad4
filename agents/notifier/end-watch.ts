import { messageOf } from '../../kit/errors.ts';
import type { PrometheusAlert } from '../../kit/prometheus.ts';
import { activeIn, judgeEnd, type PrometheusView } from './judge-end.ts';
import type { NotifiedAlert, Notification } from './notification.ts';
import { activeOccurrence, isOver, newerOf } from './occurrence.ts';
import type { OpenAlert, OpenAlerts } from './open-alerts.ts';
import { OWN_ALERTS } from './watchdog.ts';

/** How ends are confirmed. */
export interface EndTimes {
  /** From the start of a Prometheus until everything was scraped twice: before that it does not know what is over. */
  readonly warmUpMs: number;
  /** For so long no Prometheus could say whether an alert is over: then people hear that it is not monitored. */
  readonly unmonitoredAfterMs: number;
  /** Alertmanager repeats what fires; an alert that it has not spoken of for so long is asked about. */
  readonly unheardAfterMs: number;
}

interface EndWatchOptions extends EndTimes {
  readonly alerts: OpenAlerts;
  /** What every Prometheus says of the rules of these names; `undefined` for one that does not answer. */
  readonly ask: (names: readonly string[]) => Promise<readonly (PrometheusView | undefined)[]>;
  readonly put: (notification: Notification) => void;
  /** What people call now. */
  readonly now: () => number;
  /** Time that only passes, in ms. */
  readonly elapsed: () => number;
  readonly log: (line: string) => void;
}

/** Holds the ends of alerts until a Prometheus confirms them. */
export interface EndWatch extends Disposable {
  /**
   * Alertmanager calls these alerts firing or resolved. Answers what is to be told at once, if anything; the ends that wait are on disk
   * when it returns.
   */
  readonly heard: (notification: Notification) => Notification | undefined;
  /** People were told this, by this notifier or by another one. */
  readonly told: (notification: Notification) => void;
}

/** Between two looks at ends that wait: soon at first, since most are confirmed at once. */
const SOON_MS = 1_000;
const LATER_MS = 5_000;
const SOON_FOR_MS = 30_000;

export function openEndWatch(options: EndWatchOptions): EndWatch {
  const { alerts, put, now, elapsed, log } = options;
  /** When Alertmanager last spoke of an alert; since when nobody can say whether it is over. */
  const heardAt = new Map<string, number>();
  const unknownSince = new Map<string, number>();
  const openedAt = elapsed();
  /** When a Prometheus last had an alert whose end was told too early (epoch ms). */
  const activeAtMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isClosed = false;

  const silentMs = (key: string): number => elapsed() - (heardAt.get(key) ?? openedAt);
  const forget = (key: string): void => {
    alerts.remove(key);
    heardAt.delete(key);
    unknownSince.delete(key);
    activeAtMs.delete(key);
  };
  const keepNewer = (heard: OpenAlert): void => {
    alerts.set(newerOf(alerts.find(heard.alert.key), heard));
  };
  const isDue = ({ alert, endsAtMs }: OpenAlert): boolean =>
    endsAtMs !== undefined || silentMs(alert.key) > options.unheardAfterMs;

  /** A Prometheus has it: as the occurrence that is open, or as the next one, whose end is then awaited instead. */
  const goOn = (open: OpenAlert, active: readonly PrometheusAlert[]): void => {
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
    const views = await options.ask([...new Set(due.map(({ alert }) => alert.name))]);
    // What changed meanwhile may be the next occurrence, of which these answers say nothing; it is asked about again.
    const unchanged = due.filter((open) => alerts.find(open.alert.key) === open);
    const judged = Map.groupBy(unchanged, ({ alert }) => judgeEnd(alert, views, { ...options, nowMs: now() }));
    const ended = judged.get('ended') ?? [];
    for (const notification of notificationsOf(ended, (open) =>
      resolved(open, activeAtMs.get(open.alert.key), now()),
    )) {
      put(notification);
    }
    for (const { alert } of ended) forget(alert.key);
    for (const open of judged.get('active') ?? []) goOn(open, activeIn(open.alert, views));
    const unknown = (judged.get('unknown') ?? []).filter(({ alert: { key } }) => {
      const since = unknownSince.get(key) ?? elapsed();
      unknownSince.set(key, since);
      return elapsed() - since >= options.unmonitoredAfterMs;
    });
    // Put again and again; that people know it is found there.
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
        const isNew = waiting.some(({ alert }) => silentMs(alert.key) < SOON_FOR_MS);
        if (alerts.list().length > 0) schedule(isNew ? SOON_MS : LATER_MS);
      });
  };
  schedule(SOON_MS);
  return {
    heard: (notification) => {
      const { wait = [], certain = [] } = Object.groupBy(notification.alerts, (alert) =>
        isConfirmed(alert) && alert.status === 'resolved' ? 'wait' : 'certain',
      );
      const { thread } = notification;
      for (const { key } of notification.alerts) heardAt.set(key, elapsed());
      for (const alert of wait) {
        keepNewer({ thread, alert: firing(alert), endsAtMs: alert.endsAtMs ?? now() });
      }
      for (const alert of certain.filter((one) => isConfirmed(one) && alerts.find(one.key) !== undefined)) {
        keepNewer({ thread, alert: firing(alert) });
      }
      if (wait.length > 0) schedule(0);
      return certain.length === 0 ? undefined : { ...notification, alerts: certain };
    },
    told: ({ thread, alerts: said }) => {
      for (const alert of said.filter(isConfirmed)) {
        if (alert.status === 'resolved') {
          const open = alerts.find(alert.key);
          if (open === undefined || !isOver(alert, alert.endsAtMs, open)) forget(alert.key);
        } else {
          heardAt.set(alert.key, heardAt.get(alert.key) ?? elapsed());
          keepNewer({ thread, alert: firing(alert) });
        }
      }
      schedule(SOON_MS);
    },
    [Symbol.dispose]: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Whether Prometheus decides when it ends. Drills are ended by their command, a notifier's own alerts by that notifier. */
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
function notificationsOf(open: readonly OpenAlert[], say: (open: OpenAlert) => NotifiedAlert): readonly Notification[] {
  return [...Map.groupBy(open, ({ thread }) => thread)].map(([thread, group]) => ({
    thread,
    alerts: group.map(say),
    truncated: 0,
  }));
}

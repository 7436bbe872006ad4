import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDeadLetters } from './dead-letters.ts';
import { openEndWatch, type EndWatch } from './end-watch.ts';
import { samplePayload } from './fixtures.ts';
import type { PrometheusView } from './judge-end.ts';
import { idOf, notificationOf, type Notification } from './notification.ts';
import { openOpenAlerts } from './open-alerts.ts';

const TIMES = { warmUpMs: 30_000, unmonitoredAfterMs: 120_000, unheardAfterMs: 60_000 };
const FIRING = notificationOf(samplePayload([{ name: 'AppHostLost', host: 'app2' }]));
const RESOLVED = notificationOf(samplePayload([{ name: 'AppHostLost', host: 'app2', status: 'resolved' }]));

const NOW_MS = Date.UTC(2026, 10, 24);
const STARTED_MS = FIRING.alerts[0]?.startsAtMs ?? 0;
const ENDED_MS = RESOLVED.alerts[0]?.endsAtMs ?? 0;
/** The next occurrence of the same alert, hours later. */
const AGAIN_MS = NOW_MS - 10_000;
const again = (status: 'firing' | 'resolved'): Notification =>
  notificationOf(
    samplePayload([
      {
        ...{ name: 'AppHostLost', host: 'app2', status },
        ...{ startsAt: new Date(AGAIN_MS).toISOString(), endsAt: new Date(NOW_MS + 8_000).toISOString() },
      },
    ]),
  );

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-open-'));
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

type PrometheusState = 'down' | 'no alert' | 'firing' | 'just started' | 'pending again' | 'firing again';

/** The view of a Prometheus in this state. */
function viewOf(prometheus: PrometheusState): PrometheusView | undefined {
  if (prometheus === 'down') return undefined;
  const rule = { isHealthy: true, evaluatedAtMs: Date.now(), intervalMs: 2_000 };
  const state = prometheus === 'pending again' ? 'pending' : 'firing';
  const activeAtMs = prometheus === 'firing' ? STARTED_MS : AGAIN_MS;
  const active = ['firing', 'pending again', 'firing again'].includes(prometheus)
    ? FIRING.alerts.map(({ labels }) => ({ labels, state, activeAtMs }) as const)
    : [];
  return {
    startedAtMs: Date.now() - (prometheus === 'just started' ? 1_000 : 3_600_000),
    isStarting: false,
    rules: [
      { ...rule, name: 'Watchdog', active: [{ labels: { alertname: 'Watchdog' }, state: 'firing', activeAtMs: 0 }] },
      { ...rule, name: 'AppHostLost', active },
    ],
  };
}

function open(prometheus: PrometheusState) {
  const put: Notification[] = [];
  const log: string[] = [];
  const state = { prometheus, queries: 0, duringQuery: (): void => undefined };
  const deadLetters = openDeadLetters(join(folder, 'dead'), { files: 10, bytes: 1_000_000 });
  const addLine = (line: string): void => {
    log.push(line);
  };
  const watch: EndWatch = openEndWatch({
    ...TIMES,
    alerts: openOpenAlerts(join(folder, 'open'), { deadLetters, log: addLine }),
    queryAll: () => {
      state.queries += 1;
      const views = [viewOf(state.prometheus)];
      state.duringQuery();
      return Promise.resolve(views);
    },
    put: (notification) => put.push(notification),
    now: () => Date.now(),
    elapsed: () => Date.now(),
    log: addLine,
  });
  const statuses = (): readonly string[] => put.flatMap(({ alerts }) => alerts.map(({ status }) => status));
  return { watch, put, statuses, state, log };
}
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('the end of an alert from Alertmanager', () => {
  it('is mailed at once if a Prometheus confirms it, with the time from Alertmanager', async () => {
    const { watch, put } = open('no alert');
    using _ = watch;
    expect(watch.onReceived(RESOLVED)).toBeUndefined();
    await pass(10);
    expect(put).toEqual([{ ...RESOLVED, truncated: 0 }]);
    await pass(60_000);
    expect(put).toHaveLength(1);
  });

  it('waits while every Prometheus is down or has just been started', async () => {
    const { watch, statuses, state } = open('down');
    using _ = watch;
    watch.onReceived(RESOLVED);
    await pass(40_000);
    state.prometheus = 'just started';
    await pass(40_000);
    expect(statuses()).toEqual([]);
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(statuses()).toEqual(['resolved']);
  });

  it('is not mailed while a Prometheus still has the alert, and is mailed once the alert ends', async () => {
    const { watch, put, state } = open('firing');
    using _ = watch;
    watch.onReceived(RESOLVED);
    await pass(600_000);
    expect(put).toEqual([]);
    const endedAtMs = Date.now();
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(put[0]?.alerts[0]?.status).toBe('resolved');
    // The end is the time when it was last active, not that of the early notification.
    expect(endedAtMs - (put[0]?.alerts[0]?.endsAtMs ?? 0)).toBeLessThan(6_000);
  });

  it('becomes "not monitored" if no Prometheus can confirm it for too long, and is mailed later', async () => {
    const { watch, statuses, state } = open('down');
    using _ = watch;
    watch.onNotified(FIRING);
    watch.onReceived(RESOLVED);
    await pass(TIMES.unmonitoredAfterMs - 5_000);
    expect(statuses()).toEqual([]);
    await pass(12_000);
    expect(new Set(statuses())).toEqual(new Set(['unmonitored']));
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(statuses().at(-1)).toBe('resolved');
  });

  it('survives a restart of the notifier', async () => {
    {
      const { watch } = open('down');
      using _ = watch;
      watch.onReceived(RESOLVED);
      await pass(1_000);
    }
    const { watch, statuses } = open('no alert');
    using _ = watch;
    await pass(2_000);
    expect(statuses()).toEqual(['resolved']);
  });

  it('does not delay firing alerts of the same notification, nor a drill', () => {
    const { watch } = open('down');
    using _ = watch;
    const drill = { ...RESOLVED.alerts[0], key: 'drill', drill: 'one' } as (typeof RESOLVED.alerts)[number];
    const mixed = { ...FIRING, alerts: [...FIRING.alerts, ...RESOLVED.alerts, drill] };
    expect(watch.onReceived(mixed)).toEqual({ ...mixed, alerts: [...FIRING.alerts, drill] });
  });
});

describe('an alert that Alertmanager no longer sends', () => {
  it('is resolved if a Prometheus confirms it, because the monitors were down when it ended', async () => {
    const { watch, statuses } = open('no alert');
    using _ = watch;
    watch.onNotified(FIRING);
    await pass(TIMES.unheardAfterMs - 2_000);
    expect(statuses()).toEqual([]);
    await pass(10_000);
    expect(statuses()).toEqual(['resolved']);
  });

  it('is not queried as long as Alertmanager repeats it', async () => {
    const { watch, statuses, state } = open('no alert');
    using _ = watch;
    watch.onNotified(FIRING);
    for (let round = 0; round < 20; round += 1) {
      await pass(10_000);
      expect(watch.onReceived(FIRING)).toEqual(FIRING);
    }
    expect([statuses(), state.queries]).toEqual([[], 0]);
  });

  it('is not resolved if it is only silenced', async () => {
    const { watch, statuses } = open('firing');
    using _ = watch;
    watch.onNotified(FIRING);
    await pass(600_000);
    expect(statuses()).toEqual([]);
  });

  it('is not resolved again if another notifier mailed its end', async () => {
    const { watch, statuses } = open('no alert');
    using _ = watch;
    watch.onNotified(FIRING);
    watch.onNotified(RESOLVED);
    await pass(600_000);
    expect(statuses()).toEqual([]);
  });

  it('is logged and forgotten if its file is damaged', async () => {
    {
      const { watch } = open('down');
      using _ = watch;
      watch.onReceived(RESOLVED);
    }
    writeFileSync(join(folder, 'open', 'broken.json'), '{');
    const { watch, statuses, log } = open('no alert');
    using _ = watch;
    await pass(2_000);
    expect(statuses()).toEqual(['resolved']);
    expect(log.join()).toContain('broken.json');
  });
});

describe('the next occurrence of an alert', () => {
  /** The ends that were put, with the times of their occurrences. */
  const endsOf = (put: readonly Notification[]) =>
    put.flatMap(({ alerts }) => alerts.map(({ status, startsAtMs, endsAtMs }) => ({ status, startsAtMs, endsAtMs })));
  const EXPECTED_END = { status: 'resolved', startsAtMs: AGAIN_MS, endsAtMs: expect.any(Number) as number };

  it('gets the resolved mail if the end of the previous one arrives late, while it fires', async () => {
    const { watch, put, state } = open('firing again');
    using _ = watch;
    watch.onReceived(RESOLVED);
    await pass(8_000);
    expect(put).toEqual([]);
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(endsOf(put)).toEqual([EXPECTED_END]);
    expect(put[0]?.alerts[0]?.endsAtMs).toBeGreaterThanOrEqual(NOW_MS + 7_000);
    expect(put.map(idOf)).not.toContain(idOf(RESOLVED));
  });

  it('gets the resolved mail if the notifier was restarted while it fired', async () => {
    {
      const { watch } = open('firing again');
      using _ = watch;
      watch.onReceived(RESOLVED);
      await pass(2_000);
    }
    const { watch, put } = open('no alert');
    using _ = watch;
    await pass(2_000);
    expect(endsOf(put)).toEqual([EXPECTED_END]);
    expect(put[0]?.alerts[0]?.endsAtMs).toBeGreaterThan(AGAIN_MS);
  });

  it('is not forgotten because of a late end of the previous one', async () => {
    const { watch, put, state } = open('firing again');
    using _ = watch;
    watch.onNotified(again('firing'));
    watch.onReceived(RESOLVED);
    await pass(2_000);
    expect(state.queries).toBe(0);
    state.prometheus = 'no alert';
    await pass(TIMES.unheardAfterMs + 6_000);
    expect(endsOf(put)).toEqual([EXPECTED_END]);
  });

  it.each(['onReceived', 'onNotified'] as const)(
    'replaces the previous one when %s gets its firing notification',
    async (method) => {
      const { watch, put } = open('no alert');
      using _ = watch;
      watch.onNotified(FIRING);
      watch[method](again('firing'));
      await pass(TIMES.unheardAfterMs + 6_000);
      expect(endsOf(put)).toEqual([EXPECTED_END]);
    },
  );

  it('replaces the previous one if only a Prometheus has it, and Alertmanager did not send it', async () => {
    const { watch, put, state } = open('firing again');
    using _ = watch;
    watch.onNotified(FIRING);
    await pass(TIMES.unheardAfterMs + 6_000);
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(endsOf(put)).toEqual([EXPECTED_END]);
  });

  it('keeps its end if the resolved mail of the previous one is sent late', async () => {
    const { watch, put, state } = open('down');
    using _ = watch;
    watch.onReceived(again('resolved'));
    watch.onNotified(RESOLVED);
    watch.onNotified(FIRING);
    await pass(1_000);
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(endsOf(put)).toEqual([{ ...EXPECTED_END, endsAtMs: NOW_MS + 8_000 }]);
  });

  it('keeps its end if that arrives during a query about the previous one', async () => {
    const { watch, put, state } = open('no alert');
    using _ = watch;
    watch.onReceived(RESOLVED);
    state.duringQuery = () => {
      state.duringQuery = () => undefined;
      watch.onReceived(again('resolved'));
    };
    await pass(6_000);
    expect(endsOf(put)).toEqual([{ ...EXPECTED_END, endsAtMs: NOW_MS + 8_000 }]);
  });

  it('does not change the end of the previous one if it is pending and never fires', async () => {
    const { watch, put, state } = open('pending again');
    using _ = watch;
    watch.onReceived(RESOLVED);
    await pass(4_000);
    expect(put).toEqual([]);
    state.prometheus = 'no alert';
    await pass(6_000);
    expect(endsOf(put)).toEqual([{ ...EXPECTED_END, startsAtMs: STARTED_MS, endsAtMs: ENDED_MS }]);
  });
});

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

type World = 'down' | 'quiet' | 'firing' | 'young' | 'pending again' | 'firing again';

/** What a Prometheus answers in a world where it has the alert, or not. */
function viewOf(world: World): PrometheusView | undefined {
  if (world === 'down') return undefined;
  const rule = { isHealthy: true, evaluatedAtMs: Date.now(), intervalMs: 2_000 };
  const state = world === 'pending again' ? 'pending' : 'firing';
  const activeAtMs = world === 'firing' ? STARTED_MS : AGAIN_MS;
  const active = ['firing', 'pending again', 'firing again'].includes(world)
    ? FIRING.alerts.map(({ labels }) => ({ labels, state, activeAtMs }) as const)
    : [];
  return {
    startedAtMs: Date.now() - (world === 'young' ? 1_000 : 3_600_000),
    isSettling: false,
    rules: [
      { ...rule, name: 'Watchdog', active: [{ labels: { alertname: 'Watchdog' }, state: 'firing', activeAtMs: 0 }] },
      { ...rule, name: 'AppHostLost', active },
    ],
  };
}

function open(world: World) {
  const put: Notification[] = [];
  const log: string[] = [];
  const state = { world, asked: 0, meanwhile: (): void => undefined };
  const dead = openDeadLetters(join(folder, 'dead'), { files: 10, bytes: 1_000_000 });
  const say = (line: string): void => {
    log.push(line);
  };
  const watch: EndWatch = openEndWatch({
    ...TIMES,
    alerts: openOpenAlerts(join(folder, 'open'), { dead, log: say }),
    ask: () => {
      state.asked += 1;
      const views = [viewOf(state.world)];
      state.meanwhile();
      return Promise.resolve(views);
    },
    put: (notification) => put.push(notification),
    now: () => Date.now(),
    elapsed: () => Date.now(),
    log: say,
  });
  const said = (): readonly string[] => put.flatMap(({ alerts }) => alerts.map(({ status }) => status));
  return { watch, put, said, state, log };
}
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('the end that Alertmanager tells', () => {
  it('is mailed at once when a Prometheus confirms it, with the time that Alertmanager gave', async () => {
    const { watch, put } = open('quiet');
    using _ = watch;
    expect(watch.heard(RESOLVED)).toBeUndefined();
    await pass(10);
    expect(put).toEqual([{ ...RESOLVED, truncated: 0 }]);
    await pass(60_000);
    expect(put).toHaveLength(1);
  });

  it('waits while every Prometheus is down or has just been started', async () => {
    const { watch, said, state } = open('down');
    using _ = watch;
    watch.heard(RESOLVED);
    await pass(40_000);
    state.world = 'young';
    await pass(40_000);
    expect(said()).toEqual([]);
    state.world = 'quiet';
    await pass(6_000);
    expect(said()).toEqual(['resolved']);
  });

  it('was none when a Prometheus still has the alert, and is mailed when it is one', async () => {
    const { watch, put, state } = open('firing');
    using _ = watch;
    watch.heard(RESOLVED);
    await pass(600_000);
    expect(put).toEqual([]);
    const endedAtMs = Date.now();
    state.world = 'quiet';
    await pass(6_000);
    expect(put[0]?.alerts[0]?.status).toBe('resolved');
    // Not when nobody spoke of it for a while: when it was last seen.
    expect(endedAtMs - (put[0]?.alerts[0]?.endsAtMs ?? 0)).toBeLessThan(6_000);
  });

  it('becomes "not monitored" when no Prometheus can tell for too long, and an end later', async () => {
    const { watch, said, state } = open('down');
    using _ = watch;
    watch.told(FIRING);
    watch.heard(RESOLVED);
    await pass(TIMES.unmonitoredAfterMs - 5_000);
    expect(said()).toEqual([]);
    await pass(12_000);
    expect(new Set(said())).toEqual(new Set(['unmonitored']));
    state.world = 'quiet';
    await pass(6_000);
    expect(said().at(-1)).toBe('resolved');
  });

  it('survives a restart of the notifier', async () => {
    {
      const { watch } = open('down');
      using _ = watch;
      watch.heard(RESOLVED);
      await pass(1_000);
    }
    const { watch, said } = open('quiet');
    using _ = watch;
    await pass(2_000);
    expect(said()).toEqual(['resolved']);
  });

  it('does not hold up what fires in the same notification, nor a drill', () => {
    const { watch } = open('down');
    using _ = watch;
    const drill = { ...RESOLVED.alerts[0], key: 'drill', drill: 'one' } as (typeof RESOLVED.alerts)[number];
    const mixed = { ...FIRING, alerts: [...FIRING.alerts, ...RESOLVED.alerts, drill] };
    expect(watch.heard(mixed)).toEqual({ ...mixed, alerts: [...FIRING.alerts, drill] });
  });
});

describe('an alert that Alertmanager no longer speaks of', () => {
  it('is over when a Prometheus says so: the monitors were down when it ended', async () => {
    const { watch, said } = open('quiet');
    using _ = watch;
    watch.told(FIRING);
    await pass(TIMES.unheardAfterMs - 2_000);
    expect(said()).toEqual([]);
    await pass(10_000);
    expect(said()).toEqual(['resolved']);
  });

  it('is not asked about as long as Alertmanager repeats it', async () => {
    const { watch, said, state } = open('quiet');
    using _ = watch;
    watch.told(FIRING);
    for (let round = 0; round < 20; round += 1) {
      await pass(10_000);
      expect(watch.heard(FIRING)).toEqual(FIRING);
    }
    expect([said(), state.asked]).toEqual([[], 0]);
  });

  it('fires on when it is only silenced', async () => {
    const { watch, said } = open('firing');
    using _ = watch;
    watch.told(FIRING);
    await pass(600_000);
    expect(said()).toEqual([]);
  });

  it('was told as over by another notifier: nothing is left to tell', async () => {
    const { watch, said } = open('quiet');
    using _ = watch;
    watch.told(FIRING);
    watch.told(RESOLVED);
    await pass(600_000);
    expect(said()).toEqual([]);
  });

  it('may be damaged on disk, which is logged and forgotten', async () => {
    {
      const { watch } = open('down');
      using _ = watch;
      watch.heard(RESOLVED);
    }
    writeFileSync(join(folder, 'open', 'broken.json'), '{');
    const { watch, said, log } = open('quiet');
    using _ = watch;
    await pass(2_000);
    expect(said()).toEqual(['resolved']);
    expect(log.join()).toContain('broken.json');
  });
});

describe('the next occurrence of an alert', () => {
  /** The ends that were put, as the occurrence that they are about. */
  const endsOf = (put: readonly Notification[]) =>
    put.flatMap(({ alerts }) => alerts.map(({ status, startsAtMs, endsAtMs }) => ({ status, startsAtMs, endsAtMs })));
  const END = { status: 'resolved', startsAtMs: AGAIN_MS, endsAtMs: expect.any(Number) as number };

  it('is what the end is about, when that of the one before comes late and it fires again', async () => {
    const { watch, put, state } = open('firing again');
    using _ = watch;
    watch.heard(RESOLVED);
    await pass(8_000);
    expect(put).toEqual([]);
    state.world = 'quiet';
    await pass(6_000);
    expect(endsOf(put)).toEqual([END]);
    expect(put[0]?.alerts[0]?.endsAtMs).toBeGreaterThanOrEqual(NOW_MS + 7_000);
    expect(put.map(idOf)).not.toContain(idOf(RESOLVED));
  });

  it('is what the end is about, when the notifier was restarted while it fired', async () => {
    {
      const { watch } = open('firing again');
      using _ = watch;
      watch.heard(RESOLVED);
      await pass(2_000);
    }
    const { watch, put } = open('quiet');
    using _ = watch;
    await pass(2_000);
    expect(endsOf(put)).toEqual([END]);
    expect(put[0]?.alerts[0]?.endsAtMs).toBeGreaterThan(AGAIN_MS);
  });

  it('is not forgotten for the late end of the one before', async () => {
    const { watch, put, state } = open('firing again');
    using _ = watch;
    watch.told(again('firing'));
    watch.heard(RESOLVED);
    await pass(2_000);
    expect(state.asked).toBe(0);
    state.world = 'quiet';
    await pass(TIMES.unheardAfterMs + 6_000);
    expect(endsOf(put)).toEqual([END]);
  });

  it.each(['heard', 'told'] as const)('replaces the one before when it is %s to fire', async (how) => {
    const { watch, put } = open('quiet');
    using _ = watch;
    watch.told(FIRING);
    watch[how](again('firing'));
    await pass(TIMES.unheardAfterMs + 6_000);
    expect(endsOf(put)).toEqual([END]);
  });

  it('replaces the one before when a Prometheus has it, of which Alertmanager says nothing', async () => {
    const { watch, put, state } = open('firing again');
    using _ = watch;
    watch.told(FIRING);
    await pass(TIMES.unheardAfterMs + 6_000);
    state.world = 'quiet';
    await pass(6_000);
    expect(endsOf(put)).toEqual([END]);
  });

  it('keeps its end when the mail about the end of the one before is sent late', async () => {
    const { watch, put, state } = open('down');
    using _ = watch;
    watch.heard(again('resolved'));
    watch.told(RESOLVED);
    watch.told(FIRING);
    await pass(1_000);
    state.world = 'quiet';
    await pass(6_000);
    expect(endsOf(put)).toEqual([{ ...END, endsAtMs: NOW_MS + 8_000 }]);
  });

  it('keeps its end when that is heard while a Prometheus answers about the one before', async () => {
    const { watch, put, state } = open('quiet');
    using _ = watch;
    watch.heard(RESOLVED);
    state.meanwhile = () => {
      state.meanwhile = () => undefined;
      watch.heard(again('resolved'));
    };
    await pass(6_000);
    expect(endsOf(put)).toEqual([{ ...END, endsAtMs: NOW_MS + 8_000 }]);
  });

  it('that is pending and never fires leaves the end of the one before as it was', async () => {
    const { watch, put, state } = open('pending again');
    using _ = watch;
    watch.heard(RESOLVED);
    await pass(4_000);
    expect(put).toEqual([]);
    state.world = 'quiet';
    await pass(6_000);
    expect(endsOf(put)).toEqual([{ ...END, startsAtMs: STARTED_MS, endsAtMs: ENDED_MS }]);
  });
});

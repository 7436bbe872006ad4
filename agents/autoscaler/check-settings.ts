import type { Problem } from '../../kit/problem.ts';
import { mostHosts } from './connection-budget.ts';
import { findScheduleError } from './scheduled-minimum.ts';
import type { Settings } from './settings.ts';

/** All contradictions between the settings. A warning has an effect that the user may not expect. */
export function checkSettings(settings: Settings): readonly Problem[] {
  return [...checkLimits(settings), ...checkWindows(settings), ...checkSchedules(settings)];
}

function checkLimits({ slots, floor, ceiling, connections }: Settings): readonly Problem[] {
  const budget = mostHosts(connections);
  const problems: Problem[] = [];
  if (new Set(slots).size < slots.length) {
    problems.push(error('duplicate-slot', 'A slot is listed twice.', { at: 'slots', details: 'Remove one of them.' }));
  }
  if (floor > ceiling) {
    problems.push(
      error('floor-above-ceiling', `The floor of ${floor} is above the ceiling of ${ceiling}.`, {
        at: 'floor',
        details: 'Lower the floor, or raise the ceiling.',
      }),
    );
  }
  if (ceiling > slots.length) {
    problems.push(
      error('ceiling-above-slots', `The ceiling is ${ceiling}, but there are ${slots.length} slots.`, {
        at: 'ceiling',
        details: 'Lower the ceiling, or add slots.',
      }),
    );
  }
  if (floor > budget) {
    problems.push(
      error('floor-above-budget', `The database accepts connections of ${budget} hosts, but the floor is ${floor}.`, {
        at: 'connections',
        details:
          'Raise the connection limit of the database, or lower the connections per host, the reserve or the floor.',
      }),
    );
  } else if (ceiling > budget) {
    problems.push({
      code: 'ceiling-above-budget',
      severity: 'warning',
      summary: `The database accepts connections of ${budget} hosts, so the ceiling of ${ceiling} is never reached.`,
      at: 'connections',
      details:
        'Raise the connection limit of the database, or lower the connections per host, the reserve or the ceiling.',
    });
  }
  return problems;
}

function checkWindows(settings: Settings): readonly Problem[] {
  const { tickMs, panicWindowMs, stableWindowMs, scaleInWindowMs, suddenFall, maxAgeMs, startUpMs, startTimeoutMs } =
    settings;
  const ascending: readonly (readonly [string, number, string, number])[] = [
    ['tickMs', tickMs, 'maxAgeMs', maxAgeMs],
    ['tickMs', 3 * tickMs, 'panicWindowMs', panicWindowMs],
    ['panicWindowMs', panicWindowMs, 'stableWindowMs', stableWindowMs],
    ['stableWindowMs', stableWindowMs, 'scaleInWindowMs', scaleInWindowMs],
    ['scaleInWindowMs', scaleInWindowMs, 'suddenFall.memoryMs', suddenFall.memoryMs],
    ['startUpMs', startUpMs, 'startTimeoutMs', startTimeoutMs],
  ];
  const wrong = ascending.flatMap(([name, value, other, least]) =>
    value <= least
      ? []
      : [
          error('wrong-order', `${other} is ${least} ms, but must be at least ${value} ms because of ${name}.`, {
            at: other,
            details: `Raise ${other}, or lower ${name}.`,
          }),
        ],
  );
  const { out, burst } = settings.tolerance;
  return out <= burst
    ? wrong
    : [
        ...wrong,
        error('wrong-order', `tolerance.burst is ${burst}, but must be at least tolerance.out, which is ${out}.`, {
          at: 'tolerance.burst',
          details: 'Raise tolerance.burst, or lower tolerance.out.',
        }),
      ];
}

function checkSchedules({ schedules, ceiling }: Settings): readonly Problem[] {
  return schedules.flatMap((schedule) => {
    const at = `schedules.${schedule.name}`;
    const invalid = findScheduleError(schedule);
    return [
      ...(invalid === undefined
        ? []
        : [
            error('invalid-schedule', `The schedule ${schedule.name} is invalid: ${invalid}`, {
              at,
              details: 'Write five cron fields, such as `0 8 * * 1-5`, and the IANA name of the time zone.',
            }),
          ]),
      ...(schedule.hosts <= ceiling
        ? []
        : [
            error(
              'schedule-above-ceiling',
              `The schedule ${schedule.name} needs ${schedule.hosts} hosts, above the ceiling of ${ceiling}.`,
              {
                at,
                details: 'Lower its hosts, or raise the ceiling.',
              },
            ),
          ]),
    ];
  });
}

function error(code: string, summary: string, rest: Pick<Problem, 'at' | 'details'>): Problem {
  return { code, severity: 'error', summary, ...rest };
}

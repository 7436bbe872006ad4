import { expect, test } from 'vitest';
import { planSteady } from '../../k6/lib/plan.ts';
import { finalizeLoad, type EndedLoad } from './finalize-load.ts';
import { logOf, requestLine } from './test-log.ts';

const plan = planSteady({ rate: 200, seconds: 10 }).slice(0, 1);
const [scenario] = plan;
if (scenario === undefined) throw new Error('the plan is empty');

const STARTS = Array.from({ length: 700 }, (_, index) => 1_000_000 + index * (1000 / 70));

function makeEnded(change: Partial<EndedLoad> = {}): EndedLoad {
  const log = change.log ?? logOf(scenario ?? never(), STARTS);
  return {
    ...{ log, rest: '', plan, targets: [{ name: 'virtual-address', url: 'http://127.0.0.1' }] },
    ...{ summary: { written: log.lines, dropped: new Map() }, exitCode: 0, stopped: false, endedMs: 1_010_000 },
    ...change,
  };
}

function never(): never {
  throw new Error('the plan is empty');
}

test('a complete load with all its records has no problems', () => {
  const finalized = finalizeLoad(makeEnded());
  expect(finalized).toMatchObject({ dropped: 0, problems: [], completeUntilMs: 1_010_000 });
  expect(finalized.records).toHaveLength(700);
});

test('dropped iterations become failed records', () => {
  const log = logOf(scenario, STARTS.slice(0, 650));
  const finalized = finalizeLoad(
    makeEnded({ log, summary: { written: 650, dropped: new Map([[scenario.name, 50]]) } }),
  );
  expect(finalized).toMatchObject({ dropped: 50, problems: [] });
  expect(finalized.records.filter(({ error }) => error === 'dropped')).toHaveLength(50);
});

test.each([
  ['no summary', makeEnded({ summary: undefined }), 'k6 wrote no summary'],
  [
    'a record lost',
    makeEnded({ summary: { written: 701, dropped: new Map() } }),
    'k6 wrote 701 records, 700 were read',
  ],
  ['a record cut off', makeEnded({ rest: '{"event":' }), 'cut off'],
  ['a script that failed', makeEnded({ exitCode: 107 }), 'exit code 107'],
  ['a generator that was killed', makeEnded({ exitCode: 137, summary: undefined }), 'exit code 137'],
  ['a rate not kept', makeEnded({ log: logOf(scenario, STARTS.slice(0, 500)) }), 'the rate was not kept'],
  ['a load without requests', makeEnded({ log: logOf(scenario, []) }), 'not one request'],
])('%s is a problem', (_, ended, message) => {
  expect(finalizeLoad(ended).problems.join('; ')).toContain(message);
});

test('a stop is not a problem: in-flight requests are excluded, and the end of the evidence is moved before them', () => {
  const log = logOf(scenario, STARTS.slice(0, 350));
  log.add(requestLine({ iteration: 350, startMs: 1_005_000, ok: false, status: 0, error: 'context canceled' }));
  log.add(JSON.stringify({ event: 'order', key: 'r-1', startMs: 999_000 }));
  const summary = { written: 350, dropped: new Map<string, number>() };
  const finalized = finalizeLoad(makeEnded({ log, summary, exitCode: 105, stopped: true, endedMs: 1_005_100 }));
  expect(finalized.problems).toEqual([]);
  expect(finalized.records).toHaveLength(350);
  expect(finalized.completeUntilMs).toBe(999_000);
});

test('the exit code of a stop is a problem without a stop', () => {
  expect(finalizeLoad(makeEnded({ exitCode: 105 })).problems).not.toEqual([]);
});

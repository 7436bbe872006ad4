import { expect, it } from 'vitest';
import { makeFailureLog } from './failure-log.ts';

it('logs the first failure of each target and its recovery, and nothing in between', () => {
  const lines: unknown[] = [];
  const report = makeFailureLog((message, details) => lines.push([message, details]), {
    fails: 'fails',
    works: 'works',
  });
  const [app1, app2] = [{ target: 'app1' }, { target: 'app2' }];
  report(app1, undefined);
  report(app1, 'down');
  report(app1, 'still down');
  report(app2, 'down');
  report(app1, undefined);
  report(app1, undefined);
  report(app1, 'down again');
  expect(lines).toEqual([
    ['fails', { target: 'app1', failure: 'down' }],
    ['fails', { target: 'app2', failure: 'down' }],
    ['works', { target: 'app1' }],
    ['fails', { target: 'app1', failure: 'down again' }],
  ]);
});

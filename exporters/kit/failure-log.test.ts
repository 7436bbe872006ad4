import { expect, it } from 'vitest';
import { makeFailureLog } from './failure-log.ts';

it('the first failure of each and its end are logged, and nothing between them', () => {
  const lines: unknown[] = [];
  const tell = makeFailureLog((message, details) => lines.push([message, details]), { fails: 'fails', works: 'works' });
  const [app1, app2] = [{ target: 'app1' }, { target: 'app2' }];
  tell(app1, undefined);
  tell(app1, 'away');
  tell(app1, 'still away');
  tell(app2, 'away');
  tell(app1, undefined);
  tell(app1, undefined);
  tell(app1, 'away again');
  expect(lines).toEqual([
    ['fails', { target: 'app1', failure: 'away' }],
    ['fails', { target: 'app2', failure: 'away' }],
    ['works', { target: 'app1' }],
    ['fails', { target: 'app1', failure: 'away again' }],
  ]);
});

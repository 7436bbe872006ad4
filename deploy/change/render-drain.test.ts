import { expect, it } from 'vitest';
import type { Drain } from '../../kit/operations.ts';
import { renderDrain } from './render-drain.ts';

const DRAIN: Drain = {
  host: 'web1',
  by: 'anna',
  reason: 'new disk',
  since: '2026-01-02T10:00:00.000Z',
  kind: 'operator',
};
const until = '2026-01-02T11:00:00.000Z';

it.each([
  [{ ...DRAIN, until }, '10:59', `web1 is drained by anna since ${DRAIN.since} until ${until}: new disk`],
  [{ ...DRAIN, until }, '11:01', `web1 is drained by anna since ${DRAIN.since} OVERDUE since ${until}: new disk`],
  [DRAIN, '23:00', `web1 is drained by anna since ${DRAIN.since}: new disk`],
])('%j is shown at %s as %s', (drain, time, line) => {
  expect(renderDrain(drain, Date.parse(`2026-01-02T${time}:00.000Z`))).toBe(line);
});

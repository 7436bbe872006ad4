import {
  absent,
  always,
  dip,
  fires,
  quiet,
  resolves,
  slowCase,
  step,
  type Samples,
  type Series,
} from '../alert-case.ts';
import { lowUrgencyFor, type Alert } from '../alert.ts';
import { onHost } from '../promql.ts';

const drainEnds = (host: string, samples: Samples): Series => ({
  [`maintenance_drain_end_timestamp_seconds{drained="${host}",host="stack",job="operations"}`]: samples,
});
/** In test cases, time starts at 0. */
const [PAST_S, LATER_S] = [1, 3_600];
const ON_WEB1 = { labels: { host: 'web1' } };

const hostDrainForgotten: Alert = {
  name: 'HostDrainForgotten',
  domain: 'host',
  severity: 'warning',
  owner: 'platform',
  group: 'background',
  expr: `${onHost('drained', 'time() - max by (drained) (maintenance_drain_end_timestamp_seconds)')} > 0`,
  forMs: lowUrgencyFor,
  isLowUrgency: true,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: '{{ $labels.host }} is drained past its planned end',
  description:
    'An operator drained {{ $labels.host }}, and the planned end of the drain has passed. Nothing returns the host to service by itself. Until then, its tier has one host less.',
  cases: [
    slowCase(
      fires(
        'the planned end has passed, of one of two drained hosts',
        { ...drainEnds('web1', step(null, PAST_S)), ...drainEnds('db3', always(LATER_S)) },
        ON_WEB1,
      ),
    ),
    quiet('the planned end is in the future', drainEnds('web1', always(LATER_S))),
    quiet('the host is returned half a minute too late', drainEnds('web1', dip(null, PAST_S, 30))),
    absent('no host is drained', {}),
    slowCase(resolves('the host is returned', drainEnds('web1', dip(null, PAST_S, 100)), ON_WEB1)),
    slowCase(
      resolves(
        'the drain gets another planned end',
        drainEnds('web1', [
          [null, 20],
          [PAST_S, 100],
          [LATER_S, 40],
        ]),
        ON_WEB1,
      ),
    ),
  ],
};

/** Alerts about planned work itself. */
export const MAINTENANCE_ALERTS: readonly Alert[] = [hostDrainForgotten];

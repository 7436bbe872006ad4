import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Alert } from '../alert.ts';
import { anyOf } from '../promql.ts';
import { type BurnPair, burnPairs, groupIntervalMs } from './burn-windows.ts';
import { type Extent, fastCases, slowCases } from './slo-cases.ts';
import type { Slo } from './slo.ts';
import { SLOS } from './slos.ts';

/** Minimum number of failures in the long window: below it the ratio may be chance, such as one failure in five requests at night. */
export const MIN_FAILURES = 10;

const MAX_STEPS = 2_000;

/** Two alerts for each SLO: fast burn (page) and slow burn (ticket). */
export function sloAlerts(topology: Topology): readonly Alert[] {
  return SLOS.flatMap((slo) => [sloAlert(topology, slo, 'fast'), sloAlert(topology, slo, 'slow')]);
}

function sloAlert(topology: Topology, slo: Slo, urgency: BurnPair['urgency']): Alert {
  const pairs = burnPairs(topology.profile.monitoring).filter((pair) => pair.urgency === urgency);
  const objective = `${Number((slo.objective * 100).toPrecision(6))} %`;
  const shares = pairs.map(({ factor, longMs }) => `${factor} times over ${promDuration(longMs)}`).join(', or ');
  return {
    name: slo.alerts[urgency],
    domain: 'site',
    severity: urgency === 'fast' ? 'critical' : 'warning',
    owner: slo.owner,
    group: `slo-${urgency}`,
    expr: `max by (slo) (${anyOf(...pairs.map((pair) => burns(topology, slo, pair)))})`,
    forMs: (timings) => 2 * groupIntervalMs(timings, urgency),
    onAbsent: { coveredBy: slo.coveredBy },
    summary: `{{ $value | humanizePercentage }} of ${slo.failing}`,
    description: `{{ $value | humanizePercentage }} of ${slo.failing}; the SLO is ${objective}. The error budget burns too fast: the alert fires at ${shares}, as long as it continues.`,
    cases: (urgency === 'fast' ? fastCases : slowCases)(topology, slo, extentOf(topology, slo)),
  };
}

/** promtool evaluates all rules at every step, so behaviour that several SLOs share is tested with the first of them only. */
function extentOf(topology: Topology, slo: Slo): Extent {
  if (slo === SLOS[0] && isShort(topology)) return 'windows';
  return slo === SLOS.find(({ sli }) => sli.kind === slo.sli.kind) ? 'arithmetic' : 'own';
}

/** promtool evaluates every step of a test, so days of production take minutes. The windows are the same fractions of the period in all profiles. */
function isShort({ profile: { monitoring } }: Topology): boolean {
  return burnPairs(monitoring).every(({ longMs }) => longMs / monitoring.sloIntervalMs <= MAX_STEPS);
}

/** Burn rate above the limit over both windows, with enough failures. Its value is the error ratio over the long window. */
function burns(topology: Topology, slo: Slo, { factor, longMs }: BurnPair): string {
  const limit = Number((factor * (1 - slo.objective)).toPrecision(6));
  const ratio = (span: string): string =>
    `slo:error_ratio:window{slo="${slo.id}",pair="${factor}",span="${span}"} > ${limit}`;
  const failures = `sum_over_time(slo:errors:rate{slo="${slo.id}"}[${promDuration(longMs)}]) * ${topology.profile.monitoring.sloIntervalMs / 1000}`;
  return `${ratio('long')} and on (slo) ${ratio('short')} and on (slo) ${failures} >= ${MIN_FAILURES}`;
}

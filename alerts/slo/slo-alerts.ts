import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Alert } from '../alert.ts';
import { anyOf } from '../promql.ts';
import { type BurnPair, burnPairs, groupIntervalMs } from './burn-windows.ts';
import { type Extent, fastCases, slowCases } from './slo-cases.ts';
import type { Slo } from './slo.ts';
import { SLOS } from './slos.ts';

/** Failures in the long window below which a ratio is chance: of five requests in a night one may fail. */
export const MIN_FAILURES = 10;

const MAX_STEPS = 2_000;

/** Two alerts for each objective: a person is called for what burns fast, and mailed what burns slowly. */
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
    forMs: (watch) => 2 * groupIntervalMs(watch, urgency),
    onAbsent: { coveredBy: slo.coveredBy },
    summary: `{{ $value | humanizePercentage }} of ${slo.failing}`,
    description: `{{ $value | humanizePercentage }} of ${slo.failing}; the SLO is ${objective}. The error budget burns too fast: the alert fires at ${shares}, as long as it continues.`,
    cases: (urgency === 'fast' ? fastCases : slowCases)(topology, slo, extentOf(topology, slo)),
  };
}

/** promtool evaluates all rules at every step, so what is the same for several objectives is shown by the first of them. */
function extentOf(topology: Topology, slo: Slo): Extent {
  if (slo === SLOS[0] && isShort(topology)) return 'windows';
  return slo === SLOS.find(({ sli }) => sli.kind === slo.sli.kind) ? 'arithmetic' : 'own';
}

/** promtool evaluates every step of a test: days of production take it minutes, and the windows are the same shares of the period. */
function isShort({ profile: { monitoring } }: Topology): boolean {
  return burnPairs(monitoring).every(({ longMs }) => longMs / monitoring.sloIntervalMs <= MAX_STEPS);
}

/** Too high over both spans, and not by chance. Its value is the ratio over the long span. */
function burns(topology: Topology, slo: Slo, { factor, longMs }: BurnPair): string {
  const limit = Number((factor * (1 - slo.objective)).toPrecision(6));
  const ratio = (span: string): string =>
    `slo:error_ratio:window{slo="${slo.id}",pair="${factor}",span="${span}"} > ${limit}`;
  const failures = `sum_over_time(slo:errors:rate{slo="${slo.id}"}[${promDuration(longMs)}]) * ${topology.profile.monitoring.sloIntervalMs / 1000}`;
  return `${ratio('long')} and on (slo) ${ratio('short')} and on (slo) ${failures} >= ${MIN_FAILURES}`;
}

import { Counter, Histogram, type OpenMetricsContentType, type Registry } from 'prom-client';
import { PAGE_ROUTES } from '../../../model/route-classes.ts';
import { BEACON_REFUSALS, VITALS, type Vital, type VitalName } from '../../../model/web-vitals.ts';

/** Metrics from RUM beacons. The label is the route class of the page, never a visitor. */
export interface PageMetrics {
  readonly vitals: Readonly<Record<VitalName, Histogram<'route'>>>;
  readonly views: Counter<'route'>;
  readonly errors: Counter<'route'>;
  readonly routeChanges: Counter<'route'>;
  readonly refused: Counter<'reason'>;
}

export function makePageMetrics(registry: Registry<OpenMetricsContentType>): PageMetrics {
  const registers = [registry];
  const histogram = ({ metric, help, buckets }: Vital): Histogram<'route'> =>
    new Histogram({ name: metric, help, labelNames: ['route'], buckets: [...buckets], registers });
  const counter = (name: string, help: string): Counter<'route'> => {
    const made = new Counter({ name, help, labelNames: ['route'], registers });
    // Initialized with zero, because a rate does not include the first increment of a new counter.
    for (const route of PAGE_ROUTES) made.inc({ route }, 0);
    return made;
  };
  const refused = new Counter({
    name: 'beacons_refused_total',
    help: 'Ignored beacons of browsers',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of BEACON_REFUSALS) refused.inc({ reason }, 0);
  return {
    vitals: {
      lcp: histogram(VITALS.lcp),
      inp: histogram(VITALS.inp),
      cls: histogram(VITALS.cls),
      fcp: histogram(VITALS.fcp),
      ttfb: histogram(VITALS.ttfb),
    },
    views: counter('page_views_total', 'Pages that browsers have shown'),
    errors: counter('page_errors_total', 'Uncaught errors of scripts on pages'),
    routeChanges: counter('page_route_changes_total', 'Moves from one page of the shop to this one'),
    refused,
  };
}

import type { NotifierConfig } from './config.ts';
import type { NotifiedAlert } from './notification.ts';

/** A link for the reader of a mail. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

interface LinkContext {
  readonly links: NotifierConfig['links'];
  /** Query and time range of the chart. */
  readonly drawn: { readonly query: string; readonly startMs: number; readonly endMs: number } | undefined;
}

/** The dashboard for an alert's `domain`; all other domains use the overview. */
const BOARD_OF_DOMAIN: ReadonlyMap<string, string> = new Map([
  ...['edge', 'lb', 'web', 'app', 'database', 'cache'].map((domain) => [domain, domain] as const),
  ['host', 'hosts'],
  ['monitor', 'monitors'],
]);

/** Domains on the request path: traces of failed requests are sampled. */
const DOMAINS_OF_REQUESTS: ReadonlySet<string> = new Set(['lb', 'web', 'app', 'database', 'cache', 'site']);

/** The links of an alert; links without a configured base URL are omitted. Values of the alert appear in URLs only as encoded parameters. */
export function linksOf(alert: NotifiedAlert, { links, drawn }: LinkContext): readonly Link[] {
  const runbook = /^alerts\/runbooks\/(\w+)\.md$/.exec(alert.runbook)?.[1];
  const matchers = Object.entries({
    alertname: alert.name,
    ...(alert.host === undefined ? {} : { host: alert.host }),
  }).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const filter = encodeURIComponent(`{${matchers.join(',')}}`);
  return [
    ...(links.runbooks === undefined || runbook === undefined
      ? []
      : [{ title: 'Runbook', url: `${links.runbooks}/${runbook}` }]),
    ...(links.dashboards === undefined ? [] : [{ title: 'Dashboard', url: boardUrl(links.dashboards, alert, drawn) }]),
    ...(links.prometheus === undefined || drawn === undefined
      ? []
      : [{ title: 'Query', url: graphUrl(links.prometheus, drawn) }]),
    ...(links.traces === undefined || !DOMAINS_OF_REQUESTS.has(alert.domain ?? '')
      ? []
      : [{ title: 'Failed requests', url: tracesUrl(links.traces, alert) }]),
    ...(links.alertmanager === undefined
      ? []
      : [
          { title: 'Alertmanager', url: `${links.alertmanager}/#/alerts?filter=${filter}` },
          ...(alert.status === 'firing'
            ? [{ title: 'Silence', url: `${links.alertmanager}/#/silences/new?filter=${filter}` }]
            : []),
        ]),
  ];
}

function boardUrl(base: string, { domain = '', host, startsAtMs }: NotifiedAlert, drawn: LinkContext['drawn']): string {
  const uid = `holdfast-${BOARD_OF_DOMAIN.get(domain) ?? 'overview'}`;
  const parameters = new URLSearchParams({
    from: String(drawn?.startMs ?? startsAtMs - 15 * 60_000),
    to: 'now',
    ...(host === undefined ? {} : { 'var-host': host }),
  });
  return `${base}/d/${uid}?${parameters.toString()}`;
}

/** Zipkin's list of traces with an error, from a minute before the alert began to a minute after it ended; while it fires, to ten minutes after the start. */
function tracesUrl(base: string, { startsAtMs, endsAtMs }: NotifiedAlert): string {
  const aroundMs = 60_000;
  const parameters = new URLSearchParams({
    annotationQuery: 'error',
    lookback: 'range',
    startTs: String(startsAtMs - aroundMs),
    endTs: String((endsAtMs ?? startsAtMs + 9 * aroundMs) + aroundMs),
    limit: '50',
  });
  return `${base}/zipkin/?${parameters.toString()}`;
}

function graphUrl(base: string, { query, startMs, endMs }: NonNullable<LinkContext['drawn']>): string {
  const parameters = new URLSearchParams({
    'g0.expr': query,
    'g0.tab': '0',
    'g0.range_input': `${Math.ceil((endMs - startMs) / 1000)}s`,
    'g0.end_input': new Date(endMs).toISOString().slice(0, 19).replace('T', ' '),
  });
  return `${base}/graph?${parameters.toString()}`;
}

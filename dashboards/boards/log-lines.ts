import type { Panel, Row } from '../board.ts';

function messagesPanel(selector: string): Panel {
  return {
    kind: 'timeseries',
    title: 'HAProxy messages',
    description: 'Messages of HAProxy that are no requests: frontends that stopped at a reload, failed TLS handshakes.',
    unit: 'ops',
    queries: [
      { expr: `sum by (host) (rate(haproxy_log_messages_total{${selector}}[$__rate_interval]))`, legend: '{{host}}' },
    ],
    drillDown: 'holdfast-monitors',
  };
}

/** How the lines arrive that the servers which `selector` finds send for each request: numbers made from them are worth as much. */
export function logLinesRow(server: 'haproxy' | 'nginx', selector: string): Row {
  const rate = (counter: string): string =>
    `sum by (host) (rate(${server}_log_lines_${counter}{${selector}}[$__rate_interval]))`;
  const missing = (counter: string, what: string) => ({
    expr: `${rate(counter)} / (${rate('total')} > 0)`,
    legend: `{{host}} ${what}`,
    emptyWhen: 'nobody asks anything, so that there are no lines',
  });
  const panels: readonly Panel[] = [
    {
      kind: 'timeseries',
      title: 'Lines',
      description: 'Lines that have arrived. None while requests are worked on is an alert.',
      unit: 'ops',
      queries: [{ expr: rate('total'), legend: '{{host}}' }],
      alert: 'AccessLogSilent',
      drillDown: 'holdfast-monitors',
    },
    {
      kind: 'timeseries',
      title: 'Lines that are not counted',
      description:
        'Share of the lines that are missing in their numbering or could not be read: numbers by route are too low.',
      unit: 'percentunit',
      queries: [
        missing('malformed_total', 'not readable'),
        ...(server === 'haproxy' ? [missing('lost_total', 'lost')] : []),
      ],
      alert: 'AccessLogIncomplete',
      drillDown: 'holdfast-monitors',
    },
    ...(server === 'haproxy' ? [messagesPanel(selector)] : []),
  ];
  return { title: 'Lines of requests', panels };
}

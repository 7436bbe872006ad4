import type { Panel, Row } from '../board.ts';

function messagesPanel(selector: string): Panel {
  return {
    kind: 'timeseries',
    title: 'HAProxy messages',
    description:
      'Messages of HAProxy other than access-log lines: frontends that stopped at a reload, failed TLS handshakes.',
    unit: 'ops',
    queries: [
      { expr: `sum by (host) (rate(haproxy_log_messages_total{${selector}}[$__rate_interval]))`, legend: '{{host}}' },
    ],
    drillDown: 'holdfast-monitors',
  };
}

/** Access-log lines that arrived from servers that match `selector`. Metrics made from them are only as complete. */
export function logLinesRow(server: 'haproxy' | 'nginx', selector: string): Row {
  const rate = (counter: string): string =>
    `sum by (host) (rate(${server}_log_lines_${counter}{${selector}}[$__rate_interval]))`;
  const missing = (counter: string, what: string) => ({
    expr: `${rate(counter)} / (${rate('total')} > 0)`,
    legend: `{{host}} ${what}`,
    emptyWhen: 'there are no requests, so there are no access-log lines',
  });
  const panels: readonly Panel[] = [
    {
      kind: 'timeseries',
      title: 'Access-log lines received',
      description:
        'Access-log lines that arrived. The alert fires if no lines arrive while the server processes requests.',
      unit: 'ops',
      queries: [{ expr: rate('total'), legend: '{{host}}' }],
      alert: 'AccessLogSilent',
      drillDown: 'holdfast-monitors',
    },
    {
      kind: 'timeseries',
      title: 'Lost and malformed access-log lines',
      description:
        'Share of lines that are missing in the sequence numbers or could not be parsed. Metrics by route are too low by this share.',
      unit: 'percentunit',
      queries: [
        missing('malformed_total', 'malformed'),
        ...(server === 'haproxy' ? [missing('lost_total', 'lost')] : []),
      ],
      alert: 'AccessLogIncomplete',
      drillDown: 'holdfast-monitors',
    },
    ...(server === 'haproxy' ? [messagesPanel(selector)] : []),
  ];
  return { title: 'Access logs', panels };
}

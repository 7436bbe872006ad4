import type { Panel, Row } from '../board.ts';

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
  ];
  return { title: 'Lines of requests', panels };
}

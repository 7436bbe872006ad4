import type { Payload } from './payload.ts';

const STARTS_AT = '2026-11-23T15:00:00.918Z';
const ENDS_AT = '2026-11-23T15:00:42.918Z';

/** A payload as Alertmanager 0.31 sends it, for tests. */
export function samplePayload(
  alerts: readonly {
    readonly name: string;
    readonly status?: 'firing' | 'resolved';
    readonly host?: string;
    readonly startsAt?: string;
    /** For a resolved alert. */
    readonly endsAt?: string;
  }[],
): Payload {
  const full = alerts.map(({ name, status = 'firing', host, startsAt = STARTS_AT, endsAt = ENDS_AT }) => ({
    status,
    labels: {
      alertname: name,
      severity: 'critical',
      owner: 'platform',
      domain: 'lb',
      ...(host === undefined ? {} : { host }),
    },
    annotations: {
      summary: `${name} of <${host ?? 'all'}>`,
      description: 'Seen 1 of 2.',
      runbook: `alerts/runbooks/${name}.md`,
    },
    startsAt,
    endsAt: status === 'resolved' ? endsAt : '0001-01-01T00:00:00Z',
    generatorURL: 'http://mon1:9090/graph',
    fingerprint: `${name}-${host ?? ''}`,
  }));
  return {
    version: '4',
    groupKey: '{}:{domain="lb", host="lb1"}',
    truncatedAlerts: 0,
    status: full.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver: 'notifier',
    groupLabels: { domain: 'lb' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://mon1:9093',
    alerts: full,
  };
}

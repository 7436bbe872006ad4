import { describe, expect, it } from 'vitest';
import { samplePayload } from './fixtures.ts';
import { digestTextOf, mailTextOf } from './mail-text.ts';
import { notificationOf } from './notification.ts';
import { payloadSchema } from './payload.ts';

const mailOf = (...alerts: Parameters<typeof samplePayload>[0]) =>
  mailTextOf(notificationOf(payloadSchema.parse(samplePayload(alerts))), 0, CONTEXT);

const CONTEXT = {
  ...{ charts: new Map(), links: {}, host: 'mon1' },
  nowMs: Date.parse('2026-11-23T15:03:20Z'),
};

describe('the mail of a notification', () => {
  it.each([
    ['one host', [{ name: 'LoadBalancerLost', host: 'lb1' }], '[FIRING] LoadBalancerLost lb1'],
    ['no host', [{ name: 'CacheNoPrimary' }], '[FIRING] CacheNoPrimary'],
    [
      'two hosts',
      [
        { name: 'AppHostLost', host: 'app2' },
        { name: 'AppHostLost', host: 'app1' },
      ],
      '[FIRING] AppHostLost app1, app2',
    ],
    [
      'one resolved, one firing',
      [
        { name: 'A', host: 'lb1' },
        { name: 'B', host: 'lb1', status: 'resolved' as const },
      ],
      '[FIRING] A lb1',
    ],
    ['all resolved', [{ name: 'A', host: 'lb1', status: 'resolved' as const }], '[RESOLVED] A lb1'],
  ])('has the alerts and hosts in its subject: %s', (_what, alerts, subject) => {
    expect(mailOf(...alerts).subject).toBe(subject);
  });

  it('reports an unmonitored alert in subject, text, HTML and headers, and not as a reminder', () => {
    const firing = notificationOf(payloadSchema.parse(samplePayload([{ name: 'AppHostLost', host: 'app2' }])));
    const alerts = firing.alerts.map((alert) => ({ ...alert, status: 'unmonitored' as const }));
    const { subject, text, html, headers } = mailTextOf({ ...firing, alerts }, CONTEXT.nowMs, CONTEXT);
    expect(subject).toBe('[NOT MONITORED] AppHostLost app2');
    for (const part of [text, html]) expect(part).toContain('no Prometheus can evaluate this alert');
    expect(text).not.toMatch(/RESOLVED|Reminder|over\./);
    expect(headers['X-Holdfast-Status']).toBe('unmonitored');
  });

  it('contains host, values, start time and runbook, in text and in HTML', () => {
    const { text, html } = mailOf({ name: 'LoadBalancerLost', host: 'lb1', status: 'resolved' });
    for (const part of [
      'lb1',
      'Seen 1 of 2.',
      '2026-11-23 15:00:00.918 UTC',
      'Resolved after 42 s',
      'runbooks/LoadBalancerLost.md',
    ]) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
  });

  it('aligns its links in one column', () => {
    const links = { runbooks: 'http://runbooks.example', traces: 'http://traces.example' };
    const payload = payloadSchema.parse(samplePayload([{ name: 'X', host: 'lb1' }]));
    const { text } = mailTextOf(notificationOf(payload), 0, { ...CONTEXT, links });
    const columns = text.split('\n').flatMap((line) => (line.includes(': ') ? [line.indexOf('http')] : []));
    expect(new Set(columns.filter((column) => column > 0)).size).toBe(1);
    expect(text).toMatch(/Failed requests: +http/);
  });

  it('escapes the texts of an alert in HTML', () => {
    expect(mailOf({ name: 'X', host: '<script>' }).html).not.toMatch(/<script>|<all>/);
  });

  it('has the same Message-ID from every Alertmanager, and another one for another state change', () => {
    const first = mailOf({ name: 'A', host: 'lb1' }, { name: 'B', host: 'lb1' });
    const other = mailOf({ name: 'B', host: 'lb1' }, { name: 'A', host: 'lb1' });
    const later = mailOf({ name: 'A', host: 'lb1', startsAt: '2026-11-23T16:00:00Z' }, { name: 'B', host: 'lb1' });
    expect(other.messageId).toBe(first.messageId);
    expect(later.messageId).not.toBe(first.messageId);
    expect(later.references).toBe(first.references);
  });

  it('has another Message-ID for another end of an alert with the same start', () => {
    const endedAt = (endsAt: string) => mailOf({ name: 'A', host: 'lb1', status: 'resolved', endsAt }).messageId;
    expect(endedAt('2026-11-23T15:01:00Z')).toBe(endedAt('2026-11-23T15:01:00Z'));
    expect(endedAt('2026-11-23T15:01:00Z')).not.toBe(endedAt('2026-11-23T15:09:00Z'));
  });
});

describe('a digest', () => {
  const notification = notificationOf(payloadSchema.parse(samplePayload([{ name: 'A', host: 'lb1' }])));

  it('has the same Message-ID for the same mails, and another one for their reminder', () => {
    const idAt = (repetition: number, nowMs: number) =>
      digestTextOf([{ notification, repetition }], { ...CONTEXT, nowMs }).messageId;
    expect(idAt(0, 2)).toBe(idAt(0, 1));
    expect(idAt(5, 1)).not.toBe(idAt(0, 1));
  });
});

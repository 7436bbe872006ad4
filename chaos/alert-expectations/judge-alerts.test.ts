import { describe, expect, it } from 'vitest';
import type { AlertExpectations, AlertEvidence, DeliveredAlert } from './alert-expectations.ts';
import type { AlertCheckResult } from './check.ts';
import { judgeAlerts, type AlertTimes } from './judge-alerts.ts';

const expectations: AlertExpectations = {
  mustDeliver: [{ alertname: 'AppHostLost', ofTarget: true }],
  mayDeliver: ['HighErrorRate'],
  deliverWithinMs: 60_000,
  resolveWithinMs: 60_000,
};
const times: AlertTimes = { injectedAt: 100_000, undoneAt: 125_000, redundantAt: 130_000, targets: ['app2'] };

function mail(atMs: number, changes: Partial<DeliveredAlert> = {}): DeliveredAlert {
  return {
    ...{ mailId: `mail-${atMs}`, copies: 1, alertname: 'AppHostLost', status: 'firing', host: 'app2' },
    ...{ receivedAtMs: atMs, subject: '' },
    ...changes,
  };
}

const resolved = mail(145_000, { status: 'resolved' });
const fired = { monitor: 'mon1', alertname: 'AppHostLost', host: 'app2', activeAtMs: 103_000, firstSeenMs: 108_000 };

function judge(evidence: Partial<AlertEvidence>, at: Partial<AlertTimes> = {}): Record<string, AlertCheckResult> {
  const results = judgeAlerts(
    expectations,
    { firing: [fired], delivered: [], problems: [], ...evidence },
    { ...times, ...at },
  );
  const shortOf = (id: string): string => (id === 'no-alert-doubled' ? 'once' : (id.split('-')[0] ?? ''));
  return Object.fromEntries(results.map((result) => [shortOf(result.id), result]));
}

function checkOf(evidence: AlertEvidence, id: string): AlertCheckResult | undefined {
  return judgeAlerts(expectations, evidence, times).find((result) => result.id === id);
}

describe('the verdict on alert expectations', () => {
  it('is held after one firing mail, one resolved mail and no other', () => {
    const results = judge({ delivered: [mail(109_000), resolved] });
    expect(Object.values(results).map(({ verdict }) => verdict)).toEqual(['held', 'held', 'held', 'held']);
    expect(results['alert']?.measured).toBe('fired after 8.0 s, mailed after 9.0 s');
    expect(results['resolved']?.measured).toBe('after 15.0 s');
  });

  it('is violated when the mail arrives too late', () => {
    expect(judge({ delivered: [mail(161_000)] })['alert']?.verdict).toBe('violated');
  });

  it('is violated, with the reason, when no alert fires although alert delivery works', () => {
    const { alert } = judge({ firing: [] });
    expect(alert).toMatchObject({ verdict: 'violated', reasons: ['AppHostLost did not fire on any Prometheus'] });
  });

  it('is violated when the alert fires and is not mailed although alert delivery works', () => {
    const { alert } = judge({});
    expect(alert?.verdict).toBe('violated');
    expect(alert?.reasons[0]).toBe('AppHostLost fired on mon1 after 8.0 s and was not mailed');
  });

  it('ignores an alert that fired before the fault', () => {
    const earlier = { ...fired, firstSeenMs: 99_000 };
    expect(judge({ firing: [earlier] })['alert']).toMatchObject({
      verdict: 'violated',
      reasons: ['AppHostLost did not fire on any Prometheus'],
    });
  });

  it('counts from full redundancy when no mail can be delivered before', () => {
    const late = { delivered: [mail(150_000), mail(155_000, { status: 'resolved' })] };
    const deferred = { ...expectations, deliverWithinMs: 30_000, deliverFrom: 'return' } as const;
    const evidence: AlertEvidence = { firing: [fired], problems: [], ...late };
    const [delivered] = judgeAlerts(deferred, evidence, times);
    expect(delivered).toMatchObject({ verdict: 'held', measured: 'fired after 8.0 s, mailed after 20.0 s' });
    expect(judgeAlerts({ ...expectations, deliverWithinMs: 30_000 }, evidence, times)[0]?.verdict).toBe('violated');
  });

  it('is unknown in every check when the mailbox cannot be read', () => {
    const results = judge({ problems: ['the mailbox could not be read'] });
    expect(Object.values(results).map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('ignores mails about another host and mails from before the fault', () => {
    expect(judge({ delivered: [mail(109_000, { host: 'app1' })] })['alert']?.verdict).toBe('violated');
    expect(judge({ delivered: [mail(99_000)] })['alert']?.verdict).toBe('violated');
  });

  it('is violated without a resolved mail', () => {
    expect(judge({ delivered: [mail(109_000)] })['resolved']?.verdict).toBe('violated');
  });

  it('is violated when the alert fires again after it resolved, and held, timed by the last resolved mail, when it resolves again', () => {
    const again = mail(150_000);
    expect(judge({ delivered: [mail(109_000), resolved, again] })['resolved']).toMatchObject({
      verdict: 'violated',
      reasons: ['no resolved mail for AppHostLost (app2)'],
    });
    const over = mail(160_000, { status: 'resolved' });
    expect(judge({ delivered: [mail(109_000), resolved, again, over] })['resolved']).toMatchObject({
      verdict: 'held',
      measured: 'after 30.0 s',
    });
  });

  it('is violated by a resolved mail while the fault is in place, independent of later mails', () => {
    const early = mail(115_000, { status: 'resolved' });
    const reasons = ['AppHostLost (app2) was mailed as resolved 10.0 s before the fault was reverted'];
    for (const later of [[], [resolved], [mail(120_000), resolved]]) {
      expect(judge({ delivered: [mail(109_000), early, ...later] })['resolved']).toMatchObject({
        verdict: 'violated',
        reasons,
      });
    }
    const neverWhole = judge({ delivered: [mail(109_000), early], problems: ['?'] }, { redundantAt: undefined });
    expect(neverWhole['resolved']).toMatchObject({ verdict: 'violated', reasons });
  });

  it('lets an alert resolve before the revert if the supervisor repairs the fault or the alert is about another host', () => {
    const early = mail(115_000, { status: 'resolved' });
    const evidence: AlertEvidence = { firing: [fired], delivered: [mail(109_000), early], problems: [] };
    expect(judgeAlerts({ ...expectations, mendsItself: true }, evidence, times)[1]?.verdict).toBe('held');
    const other = mail(115_000, { status: 'resolved', host: 'app1' });
    expect(judge({ delivered: [mail(109_000), other, resolved] })['resolved']?.verdict).toBe('held');
  });

  it('requires a resolved mail for an optional alert, and accepts it while the fault is in place', () => {
    const optional = mail(111_000, { alertname: 'HighErrorRate' });
    const kept = { firing: [fired], delivered: [mail(109_000), optional, resolved], problems: [] };
    expect(checkOf(kept, 'resolved-HighErrorRate')).toMatchObject({
      ...{ verdict: 'violated', reasons: ['no resolved mail for HighErrorRate (app2)'] },
    });
    const over = { ...optional, status: 'resolved', receivedAtMs: 120_000 } as const;
    expect(
      checkOf({ ...kept, delivered: [mail(109_000), optional, over, resolved] }, 'resolved-HighErrorRate')?.verdict,
    ).toBe('held');
    expect(checkOf({ ...kept, delivered: [mail(109_000), resolved] }, 'resolved-HighErrorRate')).toBeUndefined();
  });

  it('is violated when only one of two broken hosts has a resolved mail', () => {
    const two = { targets: ['app1', 'app2'] };
    const both = [mail(109_000), mail(109_000, { host: 'app1' })];
    expect(judge({ delivered: [...both, resolved] }, two)['resolved']?.verdict).toBe('violated');
    const other = mail(146_000, { status: 'resolved', host: 'app1' });
    expect(judge({ delivered: [...both, resolved, other] }, two)['resolved']?.verdict).toBe('held');
  });

  it('counts the expected alert of a host that is not broken as unexpected', () => {
    const wrong = mail(111_000, { host: 'app1' });
    expect(judge({ delivered: [mail(109_000), resolved, wrong] })['no']).toMatchObject({
      verdict: 'violated',
      reasons: ['also mailed: AppHostLost (app1)'],
    });
  });

  it('is unknown about resolution when full redundancy was not restored', () => {
    const { resolved: result } = judge({ delivered: [mail(109_000), resolved] }, { redundantAt: undefined });
    expect(result?.verdict).toBe('unknown');
  });

  it('counts any other alert as unexpected, except probe alerts, SLO alerts and optional alerts', () => {
    const allowed = [
      mail(110_000, { alertname: 'HighErrorRate' }),
      mail(110_000, { alertname: 'NotificationPathProbe' }),
    ];
    expect(judge({ delivered: [mail(109_000), resolved, ...allowed] })['no']?.verdict).toBe('held');
    const past = mail(110_000, { alertname: 'AvailabilityBudgetBurnsSlowly' });
    expect(judge({ delivered: [mail(109_000), resolved, past] })['no']?.verdict).toBe('held');
    const unexpectedMail = mail(110_000, { alertname: 'TargetDown', host: 'app2' });
    const { no: unexpected } = judge({ delivered: [mail(109_000), resolved, unexpectedMail] });
    expect(unexpected).toMatchObject({ verdict: 'violated', reasons: ['also mailed: TargetDown (app2)'] });
    const unmonitored = mail(110_000, { alertname: 'TargetDown', host: 'app2', status: 'unmonitored' });
    expect(judge({ delivered: [mail(109_000), resolved, unmonitored] })['no']?.verdict).toBe('violated');
  });

  it('is violated by two firing or two resolved mails in a row', () => {
    const twice = [mail(109_000, { key: 'f' }), mail(110_000, { key: 'f' }), resolved];
    expect(judge({ delivered: twice })['once']).toMatchObject({
      ...{ verdict: 'violated', measured: '1', reasons: ['mailed twice: AppHostLost (app2) firing'] },
    });
    const over = mail(146_000, { status: 'resolved' });
    expect(judge({ delivered: [mail(109_000), resolved, over], problems: ['?'] })['once']).toMatchObject({
      ...{ verdict: 'violated', reasons: ['mailed twice: AppHostLost (app2) resolved'] },
    });
  });

  it('counts two copies with one Message-ID as one mail, and reports the copy', () => {
    const alerts = [mail(109_000, { copies: 2 }), mail(109_000, { copies: 2, host: 'app1' }), resolved];
    expect(judge({ delivered: alerts })['once']).toMatchObject({
      ...{ verdict: 'held', measured: '0, 1 repeated and recognised' },
    });
  });

  it('does not count as duplicates: an alert that fires again, alerts with other labels, mails from before the fault', () => {
    const back = [mail(109_000), resolved, mail(150_000), mail(160_000, { status: 'resolved' })];
    expect(judge({ delivered: back })['once']?.verdict).toBe('held');
    const others = [mail(109_000, { key: 'f1' }), mail(110_000, { key: 'f2' })];
    expect(judge({ delivered: others })['once']?.verdict).toBe('held');
    expect(judge({ delivered: [mail(99_000), mail(109_000)] })['once']?.verdict).toBe('held');
  });
});

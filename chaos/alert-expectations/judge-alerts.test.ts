import { describe, expect, it } from 'vitest';
import type { AlertContract, AlertEvidence, DeliveredAlert } from './alert-contract.ts';
import type { ClauseJudgement } from './check.ts';
import { judgeAlerts, type AlertTimes } from './judge-alerts.ts';

const contract: AlertContract = {
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

function judge(evidence: Partial<AlertEvidence>, at: Partial<AlertTimes> = {}): Record<string, ClauseJudgement> {
  const clauses = judgeAlerts(
    contract,
    { firing: [fired], delivered: [], problems: [], ...evidence },
    { ...times, ...at },
  );
  const shortOf = (id: string): string => (id === 'no-alert-doubled' ? 'once' : (id.split('-')[0] ?? ''));
  return Object.fromEntries(clauses.map((clause) => [shortOf(clause.id), clause]));
}

function clauseOf(evidence: AlertEvidence, id: string): ClauseJudgement | undefined {
  return judgeAlerts(contract, evidence, times).find((clause) => clause.id === id);
}

describe('an alert contract', () => {
  it('is held when the mail came, its end came, each once, and nothing else did', () => {
    const clauses = judge({ delivered: [mail(109_000), resolved] });
    expect(Object.values(clauses).map(({ verdict }) => verdict)).toEqual(['held', 'held', 'held', 'held']);
    expect(clauses['alert']?.measured).toBe('fired after 8.0 s, mailed after 9.0 s');
    expect(clauses['resolved']?.measured).toBe('after 15.0 s');
  });

  it('is violated when the mail came too late', () => {
    expect(judge({ delivered: [mail(161_000)] })['alert']?.verdict).toBe('violated');
  });

  it('is violated when nothing fired although the way of notification works, and says so', () => {
    const { alert } = judge({ firing: [] });
    expect(alert).toMatchObject({ verdict: 'violated', reasons: ['AppHostLost did not fire on any Prometheus'] });
  });

  it('is violated when it fired, was not mailed, and the way of notification was shown to work', () => {
    const { alert } = judge({});
    expect(alert?.verdict).toBe('violated');
    expect(alert?.reasons[0]).toBe('AppHostLost fired on mon1 after 8.0 s and was not mailed');
  });

  it('does not take an alert that fired before the fault for one of it', () => {
    const earlier = { ...fired, firstSeenMs: 99_000 };
    expect(judge({ firing: [earlier] })['alert']).toMatchObject({
      verdict: 'violated',
      reasons: ['AppHostLost did not fire on any Prometheus'],
    });
  });

  it('counts from the return of the host where nothing can be delivered before', () => {
    const late = { delivered: [mail(150_000), mail(155_000, { status: 'resolved' })] };
    const deferred = { ...contract, deliverWithinMs: 30_000, deliverFrom: 'return' } as const;
    const evidence: AlertEvidence = { firing: [fired], problems: [], ...late };
    const [delivered] = judgeAlerts(deferred, evidence, times);
    expect(delivered).toMatchObject({ verdict: 'held', measured: 'fired after 8.0 s, mailed after 20.0 s' });
    expect(judgeAlerts({ ...contract, deliverWithinMs: 30_000 }, evidence, times)[0]?.verdict).toBe('violated');
  });

  it('is unknown in every clause when the mailbox is dead', () => {
    const clauses = judge({ problems: ['the mailbox could not be read'] });
    expect(Object.values(clauses).map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('does not take the alert of another host, or one from before the fault, for its own', () => {
    expect(judge({ delivered: [mail(109_000, { host: 'app1' })] })['alert']?.verdict).toBe('violated');
    expect(judge({ delivered: [mail(99_000)] })['alert']?.verdict).toBe('violated');
  });

  it('is violated when the end is never mailed', () => {
    expect(judge({ delivered: [mail(109_000)] })['resolved']?.verdict).toBe('violated');
  });

  it('is violated when it ends and comes back, and held when that ends as well, timed by the last end', () => {
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

  it('is violated when the end was mailed while the fault was in place, whatever comes later', () => {
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

  it('lets an alert end before the undoing when the fault mends itself, or when it is not about what broke', () => {
    const early = mail(115_000, { status: 'resolved' });
    const evidence: AlertEvidence = { firing: [fired], delivered: [mail(109_000), early], problems: [] };
    expect(judgeAlerts({ ...contract, mendsItself: true }, evidence, times)[1]?.verdict).toBe('held');
    const other = mail(115_000, { status: 'resolved', host: 'app1' });
    expect(judge({ delivered: [mail(109_000), other, resolved] })['resolved']?.verdict).toBe('held');
  });

  it('wants the end of what need not have come as well, and lets it come while the fault is in place', () => {
    const besides = mail(111_000, { alertname: 'HighErrorRate' });
    const kept = { firing: [fired], delivered: [mail(109_000), besides, resolved], problems: [] };
    expect(clauseOf(kept, 'resolved-HighErrorRate')).toMatchObject({
      ...{ verdict: 'violated', reasons: ['no resolved mail for HighErrorRate (app2)'] },
    });
    const over = { ...besides, status: 'resolved', receivedAtMs: 120_000 } as const;
    expect(
      clauseOf({ ...kept, delivered: [mail(109_000), besides, over, resolved] }, 'resolved-HighErrorRate')?.verdict,
    ).toBe('held');
    expect(clauseOf({ ...kept, delivered: [mail(109_000), resolved] }, 'resolved-HighErrorRate')).toBeUndefined();
  });

  it('is violated when it ends for one of two broken hosts only', () => {
    const two = { targets: ['app1', 'app2'] };
    const both = [mail(109_000), mail(109_000, { host: 'app1' })];
    expect(judge({ delivered: [...both, resolved] }, two)['resolved']?.verdict).toBe('violated');
    const other = mail(146_000, { status: 'resolved', host: 'app1' });
    expect(judge({ delivered: [...both, resolved, other] }, two)['resolved']?.verdict).toBe('held');
  });

  it('counts the expected alert of a host that is not broken as noise', () => {
    const wrong = mail(111_000, { host: 'app1' });
    expect(judge({ delivered: [mail(109_000), resolved, wrong] })['no']).toMatchObject({
      verdict: 'violated',
      reasons: ['also mailed: AppHostLost (app1)'],
    });
  });

  it('cannot say whether it resolved when the stack did not get whole', () => {
    const { resolved: clause } = judge({ delivered: [mail(109_000), resolved] }, { redundantAt: undefined });
    expect(clause?.verdict).toBe('unknown');
  });

  it('counts any other alert as noise, but not its own probes and what it allows', () => {
    const allowed = [
      mail(110_000, { alertname: 'HighErrorRate' }),
      mail(110_000, { alertname: 'NotificationPathProbe' }),
    ];
    expect(judge({ delivered: [mail(109_000), resolved, ...allowed] })['no']?.verdict).toBe('held');
    const past = mail(110_000, { alertname: 'AvailabilityBudgetBurnsSlowly' });
    expect(judge({ delivered: [mail(109_000), resolved, past] })['no']?.verdict).toBe('held');
    const noise = mail(110_000, { alertname: 'TargetDown', host: 'app2' });
    const { no: quiet } = judge({ delivered: [mail(109_000), resolved, noise] });
    expect(quiet).toMatchObject({ verdict: 'violated', reasons: ['also mailed: TargetDown (app2)'] });
    const unmonitored = mail(110_000, { alertname: 'TargetDown', host: 'app2', status: 'unmonitored' });
    expect(judge({ delivered: [mail(109_000), resolved, unmonitored] })['no']?.verdict).toBe('violated');
  });

  it('is violated when a person is told the same twice, that it fires or that it is over', () => {
    const twice = [mail(109_000, { key: 'f' }), mail(110_000, { key: 'f' }), resolved];
    expect(judge({ delivered: twice })['once']).toMatchObject({
      ...{ verdict: 'violated', measured: '1', reasons: ['mailed twice: AppHostLost (app2) firing'] },
    });
    const over = mail(146_000, { status: 'resolved' });
    expect(judge({ delivered: [mail(109_000), resolved, over], problems: ['?'] })['once']).toMatchObject({
      ...{ verdict: 'violated', reasons: ['mailed twice: AppHostLost (app2) resolved'] },
    });
  });

  it('holds a mail that arrived twice under one Message-ID for told once, and says that it did', () => {
    const alerts = [mail(109_000, { copies: 2 }), mail(109_000, { copies: 2, host: 'app1' }), resolved];
    expect(judge({ delivered: alerts })['once']).toMatchObject({
      ...{ verdict: 'held', measured: '0, 1 repeated and recognised' },
    });
  });

  it('takes neither what comes back, nor what differs in another label, nor what was before the fault for a repetition', () => {
    const back = [mail(109_000), resolved, mail(150_000), mail(160_000, { status: 'resolved' })];
    expect(judge({ delivered: back })['once']?.verdict).toBe('held');
    const others = [mail(109_000, { key: 'f1' }), mail(110_000, { key: 'f2' })];
    expect(judge({ delivered: others })['once']?.verdict).toBe('held');
    expect(judge({ delivered: [mail(99_000), mail(109_000)] })['once']?.verdict).toBe('held');
  });
});

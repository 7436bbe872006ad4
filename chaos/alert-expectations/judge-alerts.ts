import {
  isOfObjective,
  isOwnAlert,
  type AlertContract,
  type AlertEvidence,
  type DeliveredAlert,
  type ExpectedAlert,
} from './alert-contract.ts';
import { type ClauseJudgement, named, seconds } from './check.ts';
import { judgeOnce } from './judge-once.ts';

export interface AlertTimes {
  /** Milliseconds since the epoch. */
  readonly injectedAt: number;
  /** The undoing was ordered: until then the fault was in place. */
  readonly undoneAt: number;
  /** Full redundancy was back; undefined when it never was. */
  readonly redundantAt: number | undefined;
  /** Hosts that the fault broke. */
  readonly targets: readonly string[];
}

/**
 * Judges what reached the mailbox. Something missing is `violated` only when the way of notification was shown to work;
 * otherwise nobody knows, and it is `unknown`.
 */
export function judgeAlerts(
  contract: AlertContract,
  evidence: AlertEvidence,
  times: AlertTimes,
): readonly ClauseJudgement[] {
  return [
    ...contract.mustDeliver.flatMap((expected) => [
      judgeDelivered(expected, { contract, evidence, times }),
      judgeResolved(expected, { contract, evidence, times }),
    ]),
    ...cameToo(contract, evidence.delivered, times.injectedAt).map((expected) =>
      // What follows from a fault may be over before it: a new primary is elected while the old one is away.
      judgeResolved(expected, { contract: { ...contract, mendsItself: true }, evidence, times }),
    ),
    judgeQuiet({ contract, evidence, times }),
    judgeOnce(evidence, times),
  ];
}

interface Case {
  readonly contract: AlertContract;
  readonly evidence: AlertEvidence;
  readonly times: AlertTimes;
}

function judgeDelivered(expected: ExpectedAlert, { contract, evidence, times }: Case): ClauseJudgement {
  const { problems } = evidence;
  const { deliverWithinMs, deliverFrom } = contract;
  const fired = evidence.firing.find(
    (alert) =>
      alert.alertname === expected.alertname &&
      alert.firstSeenMs >= times.injectedAt &&
      isAbout(alert.host, expected, times.targets),
  );
  const firedAfter = fired === undefined ? undefined : seconds(fired.firstSeenMs - times.injectedAt);
  const mail = firstMail(expected, { evidence, times, status: 'firing' });
  const clause = {
    id: `alert-${expected.alertname}`,
    claim: `${expected.alertname} is mailed`,
    limit: `within ${seconds(deliverWithinMs)}${deliverFrom === 'return' ? ' of full redundancy' : ''}`,
  };
  if (mail !== undefined) {
    const fromMs = deliverFrom === 'return' ? (times.redundantAt ?? times.injectedAt) : times.injectedAt;
    const tookMs = Math.max(0, mail.receivedAtMs - fromMs);
    const late = tookMs > deliverWithinMs;
    // A monitor that was not asked in time may have missed it fire; the mail shows that it did.
    const measured = `${firedAfter === undefined ? '' : `fired after ${firedAfter}, `}mailed after ${seconds(tookMs)}`;
    return {
      ...clause,
      measured,
      verdict: late ? 'violated' : 'held',
      reasons: late ? ['the mail came too late'] : [],
    };
  }
  const reason =
    fired === undefined
      ? `${expected.alertname} did not fire on any Prometheus`
      : `${expected.alertname} fired on ${fired.monitor} after ${firedAfter ?? ''} and was not mailed`;
  return {
    ...clause,
    measured: fired === undefined ? 'did not fire' : 'fired, not mailed',
    verdict: problems.length > 0 ? 'unknown' : 'violated',
    reasons: [reason, ...problems],
  };
}

function judgeResolved(expected: ExpectedAlert, { contract, evidence, times }: Case): ClauseJudgement {
  const { redundantAt } = times;
  const clause = {
    id: `resolved-${expected.alertname}`,
    claim: `${expected.alertname} is mailed as resolved`,
    limit: `within ${seconds(contract.resolveWithinMs)} of full redundancy`,
  };
  const unknown = (reasons: readonly string[]): ClauseJudgement => ({
    ...clause,
    measured: 'not seen',
    verdict: 'unknown',
    reasons,
  });
  const firing = firstMail(expected, { evidence, times, status: 'firing' });
  const early = firing === undefined ? [] : falseEnds(expected, firing, { contract, evidence, times });
  // Seen is seen, whatever else is not known.
  if (early.length > 0) {
    return {
      ...clause,
      measured: 'while the fault was in place',
      verdict: 'violated',
      reasons: early.map(({ host, receivedAtMs }) => {
        const before = seconds(times.undoneAt - receivedAtMs);
        return `${named(expected.alertname, host)} was mailed as resolved ${before} before the fault was reverted`;
      }),
    };
  }
  if (redundantAt === undefined) return unknown(['full redundancy was not restored']);
  if (firing === undefined) return unknown([`${expected.alertname} was never mailed, so it cannot be resolved`]);
  const since = evidence.delivered.filter(({ receivedAtMs }) => receivedAtMs >= firing.receivedAtMs);
  const last = lastWords(expected, since, times.targets);
  const open = last.filter(({ status }) => status !== 'resolved');
  if (open.length > 0) {
    const hosts = open.flatMap(({ host }) => host ?? []).join(', ');
    const reason = `no resolved mail for ${named(expected.alertname, hosts === '' ? undefined : hosts)}`;
    return {
      ...unknown([reason, ...evidence.problems]),
      verdict: evidence.problems.length > 0 ? 'unknown' : 'violated',
    };
  }
  const tookMs = Math.max(0, ...last.map(({ receivedAtMs }) => receivedAtMs - redundantAt));
  const late = tookMs > contract.resolveWithinMs;
  return {
    ...clause,
    measured: `after ${seconds(tookMs)}`,
    verdict: late ? 'violated' : 'held',
    reasons: late ? ['the mail came too late'] : [],
  };
}

/** Mails that said that it was over while what broke was still broken. */
function falseEnds(
  expected: ExpectedAlert,
  firing: DeliveredAlert,
  { contract, evidence, times }: Case,
): readonly DeliveredAlert[] {
  if (contract.mendsItself === true) return [];
  return evidence.delivered.filter(
    ({ alertname, host, status, receivedAtMs }) =>
      status === 'resolved' &&
      alertname === expected.alertname &&
      isAbout(host, expected, times.targets) &&
      receivedAtMs >= firing.receivedAtMs &&
      receivedAtMs < times.undoneAt,
  );
}

function judgeQuiet({ contract, evidence, times }: Case): ClauseJudgement {
  const { mayDeliver, mustDeliver } = contract;
  const isAllowed = ({ alertname, host }: DeliveredAlert): boolean =>
    mayDeliver.some((name) => name === alertname) ||
    mustDeliver.some((expected) => expected.alertname === alertname && isAbout(host, expected, times.targets));
  const noise = evidence.delivered.filter(
    (alert) =>
      // That something is not monitored any more is mailed to a person as well.
      alert.status !== 'resolved' &&
      alert.receivedAtMs >= times.injectedAt &&
      !isOwnAlert(alert.alertname) &&
      !isOfObjective(alert.alertname) &&
      !isAllowed(alert),
  );
  const names = [...new Set(noise.map(({ alertname, host }) => named(alertname, host)))];
  const verdict = noise.length > 0 ? 'violated' : evidence.problems.length > 0 ? 'unknown' : 'held';
  return {
    id: 'no-other-alert',
    claim: 'no other alert is mailed',
    limit: '0',
    measured: String(noise.length),
    verdict,
    reasons: noise.length > 0 ? [`also mailed: ${names.join(', ')}`] : evidence.problems,
  };
}

interface MailQuestion {
  readonly evidence: AlertEvidence;
  readonly times: AlertTimes;
  readonly status: DeliveredAlert['status'];
}

function firstMail(expected: ExpectedAlert, { evidence, times, status }: MailQuestion): DeliveredAlert | undefined {
  return evidence.delivered.find(
    (alert) =>
      alert.status === status &&
      alert.alertname === expected.alertname &&
      alert.receivedAtMs >= times.injectedAt &&
      isAbout(alert.host, expected, times.targets),
  );
}

/** What was mailed as firing though it need not have been: its end has to be mailed as well. */
export function cameToo(
  { mayDeliver }: AlertContract,
  delivered: readonly DeliveredAlert[],
  injectedAt: number,
): readonly ExpectedAlert[] {
  return mayDeliver
    .filter((name) =>
      delivered.some(
        ({ alertname, status, receivedAtMs }) =>
          alertname === name && status === 'firing' && receivedAtMs >= injectedAt,
      ),
    )
    .map((alertname) => ({ alertname, ofTarget: false }));
}

/** The last mail about an expected alert, of each host that there were any of: one that comes back is not over. */
export function lastWords(
  expected: ExpectedAlert,
  delivered: readonly DeliveredAlert[],
  targets: readonly string[],
): readonly DeliveredAlert[] {
  const about = delivered.filter(
    ({ alertname, host }) => alertname === expected.alertname && isAbout(host, expected, targets),
  );
  return [...Map.groupBy(about, ({ host }) => host).values()].flatMap((mails) => mails.at(-1) ?? []);
}

/** Whether an alert is the expected one: about a broken host, where it has to be. */
export function isAbout(host: string | undefined, expected: ExpectedAlert, targets: readonly string[]): boolean {
  return !expected.ofTarget || (host !== undefined && targets.includes(host));
}

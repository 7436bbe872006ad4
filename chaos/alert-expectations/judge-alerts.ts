import {
  isSloAlert,
  isOwnAlert,
  type AlertExpectations,
  type AlertEvidence,
  type DeliveredAlert,
  type ExpectedAlert,
} from './alert-expectations.ts';
import { type AlertCheckResult, named, seconds } from './check.ts';
import { judgeNoDuplicates } from './judge-no-duplicates.ts';

export interface AlertTimes {
  /** Milliseconds since the epoch. */
  readonly injectedAt: number;
  /** When the revert was ordered. Until then the fault was in place. */
  readonly undoneAt: number;
  /** When full redundancy was restored; undefined if it never was. */
  readonly redundantAt: number | undefined;
  /** Hosts that the fault broke. */
  readonly targets: readonly string[];
}

/**
 * Checks the mails that reached the mailbox. A missing mail is `violated` only if the alert delivery path was proven to work;
 * otherwise it is `unknown`.
 */
export function judgeAlerts(
  expectations: AlertExpectations,
  evidence: AlertEvidence,
  times: AlertTimes,
): readonly AlertCheckResult[] {
  return [
    ...expectations.mustDeliver.flatMap((expected) => [
      judgeDelivered(expected, { expectations, evidence, times }),
      judgeResolved(expected, { expectations, evidence, times }),
    ]),
    ...optionalAlerts(expectations, evidence.delivered, times.injectedAt).map((expected) =>
      // A consequence may resolve before the fault is reverted: a new primary is elected while the old one is down.
      judgeResolved(expected, { expectations: { ...expectations, mendsItself: true }, evidence, times }),
    ),
    judgeNoUnexpected({ expectations, evidence, times }),
    judgeNoDuplicates(evidence, times),
  ];
}

interface Case {
  readonly expectations: AlertExpectations;
  readonly evidence: AlertEvidence;
  readonly times: AlertTimes;
}

function judgeDelivered(expected: ExpectedAlert, { expectations, evidence, times }: Case): AlertCheckResult {
  const { problems } = evidence;
  const { deliverWithinMs, deliverFrom } = expectations;
  const fired = evidence.firing.find(
    (alert) =>
      alert.alertname === expected.alertname &&
      alert.firstSeenMs >= times.injectedAt &&
      isAbout(alert.host, expected, times.targets),
  );
  const firedAfter = fired === undefined ? undefined : seconds(fired.firstSeenMs - times.injectedAt);
  const mail = firstMail(expected, { evidence, times, status: 'firing' });
  const check = {
    id: `alert-${expected.alertname}`,
    claim: `${expected.alertname} is mailed`,
    limit: `within ${seconds(deliverWithinMs)}${deliverFrom === 'return' ? ' of full redundancy' : ''}`,
  };
  if (mail !== undefined) {
    const fromMs = deliverFrom === 'return' ? (times.redundantAt ?? times.injectedAt) : times.injectedAt;
    const tookMs = Math.max(0, mail.receivedAtMs - fromMs);
    const late = tookMs > deliverWithinMs;
    // The polls may have missed the firing alert. Its mail proves that it fired.
    const measured = `${firedAfter === undefined ? '' : `fired after ${firedAfter}, `}mailed after ${seconds(tookMs)}`;
    return {
      ...check,
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
    ...check,
    measured: fired === undefined ? 'did not fire' : 'fired, not mailed',
    verdict: problems.length > 0 ? 'unknown' : 'violated',
    reasons: [reason, ...problems],
  };
}

function judgeResolved(expected: ExpectedAlert, { expectations, evidence, times }: Case): AlertCheckResult {
  const { redundantAt } = times;
  const check = {
    id: `resolved-${expected.alertname}`,
    claim: `${expected.alertname} is mailed as resolved`,
    limit: `within ${seconds(expectations.resolveWithinMs)} of full redundancy`,
  };
  const unknown = (reasons: readonly string[]): AlertCheckResult => ({
    ...check,
    measured: 'not seen',
    verdict: 'unknown',
    reasons,
  });
  const firing = firstMail(expected, { evidence, times, status: 'firing' });
  const early = firing === undefined ? [] : prematureResolves(expected, firing, { expectations, evidence, times });
  // A premature resolved mail is a violation even if other evidence is missing.
  if (early.length > 0) {
    return {
      ...check,
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
  const last = lastNotified(expected, since, times.targets);
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
  const late = tookMs > expectations.resolveWithinMs;
  return {
    ...check,
    measured: `after ${seconds(tookMs)}`,
    verdict: late ? 'violated' : 'held',
    reasons: late ? ['the mail came too late'] : [],
  };
}

/** Resolved mails that arrived while the fault was in place. */
function prematureResolves(
  expected: ExpectedAlert,
  firing: DeliveredAlert,
  { expectations, evidence, times }: Case,
): readonly DeliveredAlert[] {
  if (expectations.mendsItself === true) return [];
  return evidence.delivered.filter(
    ({ alertname, host, status, receivedAtMs }) =>
      status === 'resolved' &&
      alertname === expected.alertname &&
      isAbout(host, expected, times.targets) &&
      receivedAtMs >= firing.receivedAtMs &&
      receivedAtMs < times.undoneAt,
  );
}

function judgeNoUnexpected({ expectations, evidence, times }: Case): AlertCheckResult {
  const { mayDeliver, mustDeliver } = expectations;
  const isAllowed = ({ alertname, host }: DeliveredAlert): boolean =>
    mayDeliver.some((name) => name === alertname) ||
    mustDeliver.some((expected) => expected.alertname === alertname && isAbout(host, expected, times.targets));
  const unexpected = evidence.delivered.filter(
    (alert) =>
      // A mail with the status `unmonitored` counts too.
      alert.status !== 'resolved' &&
      alert.receivedAtMs >= times.injectedAt &&
      !isOwnAlert(alert.alertname) &&
      !isSloAlert(alert.alertname) &&
      !isAllowed(alert),
  );
  const names = [...new Set(unexpected.map(({ alertname, host }) => named(alertname, host)))];
  const verdict = unexpected.length > 0 ? 'violated' : evidence.problems.length > 0 ? 'unknown' : 'held';
  return {
    id: 'no-other-alert',
    claim: 'no other alert is mailed',
    limit: '0',
    measured: String(unexpected.length),
    verdict,
    reasons: unexpected.length > 0 ? [`also mailed: ${names.join(', ')}`] : evidence.problems,
  };
}

interface MailFilter {
  readonly evidence: AlertEvidence;
  readonly times: AlertTimes;
  readonly status: DeliveredAlert['status'];
}

function firstMail(expected: ExpectedAlert, { evidence, times, status }: MailFilter): DeliveredAlert | undefined {
  return evidence.delivered.find(
    (alert) =>
      alert.status === status &&
      alert.alertname === expected.alertname &&
      alert.receivedAtMs >= times.injectedAt &&
      isAbout(alert.host, expected, times.targets),
  );
}

/** Optional alerts that were mailed as firing. Each needs a resolved mail, too. */
export function optionalAlerts(
  { mayDeliver }: AlertExpectations,
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

/** The last mail about an expected alert, one for each host. An alert that fires again is not resolved. */
export function lastNotified(
  expected: ExpectedAlert,
  delivered: readonly DeliveredAlert[],
  targets: readonly string[],
): readonly DeliveredAlert[] {
  const about = delivered.filter(
    ({ alertname, host }) => alertname === expected.alertname && isAbout(host, expected, targets),
  );
  return [...Map.groupBy(about, ({ host }) => host).values()].flatMap((mails) => mails.at(-1) ?? []);
}

/** Whether the host of an alert matches the expectation: a broken host if `ofTarget` is set, any host otherwise. */
export function isAbout(host: string | undefined, expected: ExpectedAlert, targets: readonly string[]): boolean {
  return !expected.ofTarget || (host !== undefined && targets.includes(host));
}

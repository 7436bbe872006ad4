import type { Verdict } from '../../kit/verdict.ts';

/** A verdict with its reasons, as guarantees have it. */
interface Judged {
  readonly verdict: Verdict;
  /** Sentences; empty exactly when held. */
  readonly reasons: readonly string[];
}

/** A negative control: the same change without its protection, which is expected to do harm. */
export interface Control {
  /** What was different, such as `without drain`. */
  readonly name: string;
  /** Results of the budgets of the guarantee, without those of its alert expectations: a mail does not show that lost requests are seen. */
  readonly budgets: readonly ControlBudget[];
}

interface ControlBudget {
  readonly claim: string;
  readonly verdict: Verdict;
  readonly measured: string;
  readonly limit: string;
}

interface Controlled<T extends Judged> {
  readonly outcome: T;
  /** The violated budgets of the controls, a sentence each: the proof that the method sees loss. */
  readonly sightings: readonly string[];
}

/**
 * The verdict on a change after its negative controls. If at least one control violated a budget, the method can see loss, and the verdict stays.
 * Otherwise `held` becomes `unknown`. A violation stays a violation, with or without a control.
 */
export function judgeControl<T extends Judged>(outcome: T, controls: readonly Control[]): Controlled<T> {
  const sightings = controls.flatMap(({ name, budgets }) =>
    budgets
      .filter(({ verdict }) => verdict === 'violated')
      .map(({ claim, measured, limit }) => `the control (${name}) violated: ${claim} ${measured}, limit ${limit}`),
  );
  if (sightings.length > 0 || outcome.verdict === 'violated') return { outcome, sightings };
  return { outcome: { ...outcome, verdict: 'unknown', reasons: [...outcome.reasons, blindness(controls)] }, sightings };
}

function blindness(controls: readonly Control[]): string {
  if (controls.length === 0)
    return 'no control was run, so it is not known whether this method could have seen any loss';
  const names = controls.map(({ name }) => name).join(', ');
  const noun = controls.length === 1 ? 'control' : 'controls';
  return `the ${noun} (${names}) violated no budget, so this method could not have seen any loss`;
}

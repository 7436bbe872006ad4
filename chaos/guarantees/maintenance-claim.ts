import type { AlertExpectations } from '../alert-expectations/alert-expectations.ts';
import { predictOutage } from '../predict.ts';
import type { Budget, MaintenanceGuarantee } from './guarantee.ts';

/** No client may notice a planned change. */
export const UNNOTICED: readonly Budget[] = [
  { kind: 'failed', most: 0 },
  { kind: 'lost-writes', most: 0 },
  { kind: 'latency-ratio', of: ['page', 'product'], quantile: 0.99, ratio: 2, leastMs: 300 },
];

/** Planned work announces its alerts, so that no mail may arrive. */
const NO_MAILS = { mustDeliver: [], mayDeliver: [], deliverWithinMs: 60_000, resolveWithinMs: 60_000 } as const;

/** What a guarantee about a change states beyond the common parts. */
export type Described = Pick<MaintenanceGuarantee, 'id' | 'claim' | 'eventMs' | 'chooseChange'> & {
  readonly budgets?: readonly Budget[];
  /** Alerts that the change may cause, such as that of a host whose new version never becomes ready. Default: none. */
  readonly mayDeliver?: AlertExpectations['mayDeliver'];
  /** The primary of the database hands over in this change, so that writes wait. */
  readonly movesPrimary?: boolean;
};

/** A guarantee about a change that no client may notice, unless it states other budgets. */
export function maintenance({
  budgets = UNNOTICED,
  mayDeliver = [],
  movesPrimary = false,
  ...described
}: Described): MaintenanceGuarantee {
  return {
    ...described,
    budgets,
    alerts: { ...NO_MAILS, mayDeliver },
    predict: ({ profile }) => predictOutage(movesPrimary ? 'db-switch' : 'maintenance', profile),
  };
}

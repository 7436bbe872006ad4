import { type AlertFacts, timeText } from './alert-facts.ts';
import { type NotifiedAlert, statusText } from './notification.ts';

/** How many alerts of one mail are told at length; the others get a row each. */
export const MAX_SECTIONS = 15;
/** One alert told at length. */
export interface Section {
  readonly alert: NotifiedAlert;
  readonly facts: AlertFacts;
  readonly picture: { readonly cid: string; readonly width: number; readonly height: number } | undefined;
}

/** Everything that text and HTML say. */
export interface MailContent {
  readonly subject: string;
  /** Above everything else. */
  readonly notice: string;
  readonly sections: readonly Section[];
  /** One row each. */
  readonly others: readonly NotifiedAlert[];
  readonly footer: string;
}

/** One alert in a row: what, where, since when, and what it says. */
export function rowOf(alert: NotifiedAlert): readonly string[] {
  return [
    `${alert.drill === undefined ? '' : 'DRILL '}${statusText(alert.status)}`,
    alert.name,
    alert.host ?? '–',
    timeText(alert.endsAtMs ?? alert.startsAtMs).slice(0, 19),
    alert.summary,
  ];
}

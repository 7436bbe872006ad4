import { type AlertContent, timeText } from './alert-content.ts';
import { type NotifiedAlert, statusText } from './notification.ts';

/** Maximum number of alerts with a full section; each further alert gets a table row. */
export const MAX_SECTIONS = 15;
/** The full section of one alert. */
export interface Section {
  readonly alert: NotifiedAlert;
  readonly content: AlertContent;
  readonly picture: { readonly cid: string; readonly width: number; readonly height: number } | undefined;
}

/** The content of the text and the HTML part. */
export interface MailContent {
  readonly subject: string;
  /** Above everything else. */
  readonly notice: string;
  readonly sections: readonly Section[];
  /** One row each. */
  readonly others: readonly NotifiedAlert[];
  readonly footer: string;
}

/** One alert as a table row: status, name, host, time, summary. */
export function rowOf(alert: NotifiedAlert): readonly string[] {
  return [
    `${alert.drill === undefined ? '' : 'DRILL '}${statusText(alert.status)}`,
    alert.name,
    alert.host ?? '–',
    timeText(alert.endsAtMs ?? alert.startsAtMs).slice(0, 19),
    alert.summary,
  ];
}

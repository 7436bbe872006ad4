import { z } from 'zod';
import { fetchJson, fetchText } from '../../deploy/observe/http.ts';
import type { DrillAlert } from './drill-alert.ts';

const alertsReply = z.array(
  z.object({
    status: z.object({
      state: z.string(),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
);
const groupsReply = z.array(z.object({ receiver: z.object({ name: z.string() }), alerts: z.array(z.unknown()) }));

/** Posts the alert to an Alertmanager, as firing between these times. Throws `http`. */
export async function postAlert(
  url: string,
  alert: DrillAlert,
  times: { readonly startsAtMs: number; readonly endsAtMs: number },
): Promise<void> {
  const body = {
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(times.startsAtMs).toISOString(),
    endsAt: new Date(times.endsAtMs).toISOString(),
  };
  await fetchText(`${url}/api/v2/alerts`, { method: 'POST', body: [body] });
}

/** The receivers that an Alertmanager has a group for with this alert. */
export async function readReceivers(url: string, id: string): Promise<readonly string[]> {
  const groups = await fetchJson(`${url}/api/v2/alerts/groups?${filterOf(id)}`, groupsReply);
  return groups.filter(({ alerts }) => alerts.length > 0).map(({ receiver }) => receiver.name);
}

/** The silences and inhibitions that suppress this alert at an Alertmanager. */
export async function readSuppressions(url: string, id: string): Promise<readonly string[]> {
  const alerts = await fetchJson(`${url}/api/v2/alerts?${filterOf(id)}`, alertsReply);
  return alerts.flatMap(({ status }) => [
    ...status.silencedBy.map((silence) => `silence ${silence} suppresses it`),
    ...status.inhibitedBy.map((other) => `the alert ${other} inhibits it`),
  ]);
}

function filterOf(id: string): string {
  return new URLSearchParams({ filter: `drill_id="${id}"` }).toString();
}

import { z } from 'zod';
import { PAGE_ROUTES, type PageRoute } from '../../../model/route-classes.ts';
import { VITAL_NAMES, VITALS, type BeaconRefusal, type VitalName } from '../../../model/web-vitals.ts';

/** Pages send fewer. Limits how much a client can count with one request. */
export const MAX_EVENTS = 20;

const schema = z.strictObject({
  route: z.string(),
  events: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(['view', 'error', 'route-change']) }),
        z.strictObject({ kind: z.literal('vital'), name: z.string(), value: z.number() }),
      ]),
    )
    .min(1)
    .max(MAX_EVENTS),
});

export type BeaconEvent =
  | { readonly kind: 'view' | 'error' | 'route-change' }
  /** In seconds, except for CLS, which has no unit. */
  | { readonly kind: 'vital'; readonly name: VitalName; readonly value: number };

/** A parsed RUM beacon of a page. */
export interface Beacon {
  readonly route: PageRoute;
  readonly events: readonly BeaconEvent[];
}

/** Parses the body of a beacon. One invalid event rejects the whole beacon, so that it is either counted or rejected. */
export function parseBeacon(body: unknown): Beacon | { readonly refused: BeaconRefusal } {
  const parsed = schema.safeParse(jsonOf(body));
  if (!parsed.success) return { refused: 'malformed' };
  // The label value is the matching constant, never text from the client.
  const route = PAGE_ROUTES.find((one) => one === parsed.data.route);
  if (route === undefined) return { refused: 'unknown-route' };
  const events: BeaconEvent[] = [];
  for (const event of parsed.data.events) {
    if (event.kind !== 'vital') {
      events.push(event);
      continue;
    }
    const name = VITAL_NAMES.find((one) => one === event.name);
    if (name === undefined) return { refused: 'unknown-vital' };
    if (event.value < 0 || event.value > VITALS[name].max) return { refused: 'out-of-range' };
    events.push({ kind: 'vital', name, value: event.value });
  }
  return { route, events };
}

function jsonOf(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

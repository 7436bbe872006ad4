import { z } from 'zod';
import { PAGE_ROUTES, type PageRoute } from '../../../model/route-classes.ts';
import { VITAL_NAMES, VITALS, type BeaconRefusal, type VitalName } from '../../../model/web-vitals.ts';

/** Pages send fewer; nobody may count much with one request. */
export const MOST_EVENTS = 20;

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
    .max(MOST_EVENTS),
});

export type BeaconEvent =
  | { readonly kind: 'view' | 'error' | 'route-change' }
  /** In seconds, but for CLS, which has no unit. */
  | { readonly kind: 'vital'; readonly name: VitalName; readonly value: number };

/** What a page tells of itself. */
export interface Beacon {
  readonly route: PageRoute;
  readonly events: readonly BeaconEvent[];
}

/** Reads the body of a beacon; one that is wrong anywhere is refused as a whole, so that it is either counted or refused. */
export function parseBeacon(body: unknown): Beacon | { readonly refused: BeaconRefusal } {
  const parsed = schema.safeParse(jsonOf(body));
  if (!parsed.success) return { refused: 'malformed' };
  // What becomes a label is the text of ours that is the same, never the text that came.
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
    if (event.value < 0 || event.value > VITALS[name].most) return { refused: 'out-of-range' };
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

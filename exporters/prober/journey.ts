import type { Sample } from '../kit/exporter.ts';
import type { ProbeResult } from './probe-hop.ts';
import { sendProbe, type ProbeAnswer, type ProbeRequest } from './http-request.ts';

/** The steps of a customer, in their order; after one that fails the rest is not tried. */
export const JOURNEY_STEPS = ['login', 'browse', 'order', 'read_back'] as const;
type Step = (typeof JOURNEY_STEPS)[number];

export interface JourneyOptions {
  /** Where the shop is, without a path. */
  readonly site: string;
  readonly authority: string;
  /** A user of the sample data. */
  readonly email: string;
  readonly password: string;
  /** Makes this order one that was never placed before. */
  readonly key: string;
  readonly productId: number;
  /** Ends the walk wherever it is. */
  readonly signal: AbortSignal;
}

interface Walk {
  readonly options: JourneyOptions;
  cookies: readonly string[];
  orderId?: string;
}

const STEPS: Readonly<Record<Step, (walk: Walk) => Promise<ProbeAnswer>>> = {
  login: async (walk) => {
    const { email, password, key } = walk.options;
    const answer = await send(walk, '/api/login', { method: 'POST', body: { email, password }, headers: keyed(key) });
    expectStatus(answer, [200]);
    walk.cookies = answer.cookies;
    return answer;
  },
  browse: async (walk) => {
    const answer = await send(walk, `/products/${walk.options.productId}`);
    expectStatus(answer, [200]);
    if (!answer.body.includes('</html>')) throw new Error(`the page is not whole; trace ${answer.traceId}`);
    return answer;
  },
  order: async (walk) => {
    const { productId, key } = walk.options;
    const body = { items: [{ productId, quantity: 1 }] };
    const answer = await send(walk, '/api/orders', { method: 'POST', body, headers: keyed(key) });
    expectStatus(answer, [200, 201]);
    walk.orderId = orderIdOf(answer);
    // What was just written is waited for by its own session.
    walk.cookies = [...walk.cookies, ...answer.cookies];
    return answer;
  },
  read_back: async (walk) => {
    const answer = await send(walk, `/api/orders/${walk.orderId ?? ''}`);
    expectStatus(answer, [200]);
    if (orderIdOf(answer) !== walk.orderId) throw new Error(`another order was read; trace ${answer.traceId}`);
    return answer;
  },
};

/**
 * Walks as a customer does: logs in, looks at a product, orders it, reads the order back. Never throws. A step that was not reached has no
 * sample of its duration, and did not succeed.
 */
export async function probeJourney(options: JourneyOptions): Promise<ProbeResult> {
  const walk: Walk = { options, cookies: [] };
  const samples: Sample[] = [];
  let failure: string | undefined;
  let seconds = 0;
  for (const step of JOURNEY_STEPS) {
    const labels = { step };
    const succeeded =
      failure === undefined &&
      (await STEPS[step](walk).then(
        (answer) => {
          seconds += answer.seconds;
          samples.push({ name: 'probe_journey_step_duration_seconds', labels, value: answer.seconds });
          return true;
        },
        (error: unknown) => {
          failure = `${step}: ${String(error)}`;
          return false;
        },
      ));
    samples.push({ name: 'probe_journey_step_success', labels, value: Number(succeeded) });
  }
  return {
    samples: [
      { name: 'probe_success', value: Number(failure === undefined) },
      { name: 'probe_duration_seconds', value: seconds },
      ...samples,
    ],
    ...(failure === undefined ? {} : { failure }),
  };
}

function send(
  { options, cookies }: Walk,
  path: string,
  rest: Pick<ProbeRequest, 'method' | 'body' | 'headers'> = {},
): Promise<ProbeAnswer> {
  const { site, authority, signal } = options;
  return sendProbe({
    url: `${site}${path}`,
    authority,
    signal,
    ...rest,
    headers: { ...rest.headers, ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }) },
  });
}

/** Only what carries a key is repeated by the load balancers on another server. */
function keyed(key: string): Readonly<Record<string, string>> {
  return { 'idempotency-key': key };
}

function expectStatus({ status, traceId }: ProbeAnswer, expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`status ${status}; trace ${traceId}`);
}

function orderIdOf({ body, traceId }: ProbeAnswer): string {
  const value: unknown = JSON.parse(body);
  const id = typeof value === 'object' && value !== null && 'orderId' in value ? value.orderId : undefined;
  if (typeof id !== 'number' && typeof id !== 'string') throw new Error(`no order id in the answer; trace ${traceId}`);
  return String(id);
}

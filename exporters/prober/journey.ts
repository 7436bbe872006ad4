import type { Sample } from '../kit/exporter.ts';
import type { ProbeResult } from './probe-hop.ts';
import { sendProbe, type ProbeAnswer, type ProbeRequest } from './http-request.ts';

/** Steps of the synthetic transaction, in order; after a failed step the rest is skipped. */
export const JOURNEY_STEPS = ['login', 'browse', 'order', 'read_back'] as const;
type Step = (typeof JOURNEY_STEPS)[number];

export interface JourneyOptions {
  /** URL of the shop, without a path. */
  readonly site: string;
  readonly authority: string;
  /** A user of the sample data. */
  readonly email: string;
  readonly password: string;
  /** Idempotency key, unique for each run. */
  readonly key: string;
  readonly productId: number;
  /** Aborts the transaction at any step. */
  readonly signal: AbortSignal;
}

interface JourneyState {
  readonly options: JourneyOptions;
  cookies: readonly string[];
  orderId?: string;
}

const STEPS: Readonly<Record<Step, (state: JourneyState) => Promise<ProbeAnswer>>> = {
  login: async (state) => {
    const { email, password, key } = state.options;
    const answer = await send(state, '/api/login', { method: 'POST', body: { email, password }, headers: keyed(key) });
    expectStatus(answer, [200]);
    state.cookies = answer.cookies;
    return answer;
  },
  browse: async (state) => {
    const answer = await send(state, `/products/${state.options.productId}`);
    expectStatus(answer, [200]);
    if (!answer.body.includes('</html>')) throw new Error(`the page is incomplete; trace ${answer.traceId}`);
    return answer;
  },
  order: async (state) => {
    const { productId, key } = state.options;
    const body = { items: [{ productId, quantity: 1 }] };
    const answer = await send(state, '/api/orders', { method: 'POST', body, headers: keyed(key) });
    expectStatus(answer, [200, 201]);
    state.orderId = orderIdOf(answer);
    // The cookie lets this session read its own write: the site waits until the order is replicated.
    state.cookies = [...state.cookies, ...answer.cookies];
    return answer;
  },
  read_back: async (state) => {
    const answer = await send(state, `/api/orders/${state.orderId ?? ''}`);
    expectStatus(answer, [200]);
    if (orderIdOf(answer) !== state.orderId) throw new Error(`another order was read; trace ${answer.traceId}`);
    return answer;
  },
};

/**
 * Runs the synthetic transaction of a customer: logs in, views a product, orders it, and reads the order back. Never throws. A skipped step has
 * no sample of its duration, and success 0.
 */
export async function probeJourney(options: JourneyOptions): Promise<ProbeResult> {
  const state: JourneyState = { options, cookies: [] };
  const samples: Sample[] = [];
  let failure: string | undefined;
  let seconds = 0;
  for (const step of JOURNEY_STEPS) {
    const labels = { step };
    const succeeded =
      failure === undefined &&
      (await STEPS[step](state).then(
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
  { options, cookies }: JourneyState,
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

/** The load balancers retry a POST on another server only if it has an idempotency key. */
function keyed(key: string): Readonly<Record<string, string>> {
  return { 'idempotency-key': key };
}

function expectStatus({ status, traceId }: ProbeAnswer, expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`status ${status}; trace ${traceId}`);
}

function orderIdOf({ body, traceId }: ProbeAnswer): string {
  const value: unknown = JSON.parse(body);
  const id = typeof value === 'object' && value !== null && 'orderId' in value ? value.orderId : undefined;
  if (typeof id !== 'number' && typeof id !== 'string')
    throw new Error(`no order ID in the response; trace ${traceId}`);
  return String(id);
}

import { z } from 'zod';

/** Classes of the requests of visitors; budgets refer to them. */
export const REQUEST_KINDS = ['page', 'product', 'static', 'login', 'order', 'order-read'] as const;

/** Requests whose client sends or reads slowly on purpose. Their duration is the client's choice, so only their success is judged. */
const SLOW_KINDS = ['slow-upload', 'long-download'] as const;

const KINDS = [...REQUEST_KINDS, ...SLOW_KINDS] as const;
export type RequestKind = (typeof KINDS)[number];

export function isSlowKind(kind: RequestKind): kind is (typeof SLOW_KINDS)[number] {
  return SLOW_KINDS.some((slow) => slow === kind);
}

/** Error of a planned request that the generator did not send, because it had no free virtual user. */
export const DROPPED = 'dropped';

/** One request as its client saw it. A request that was never sent ({@link DROPPED}) has one too. */
export interface RequestRecord {
  /** When the client began, milliseconds since the epoch. */
  readonly startMs: number;
  /** Total time for the client: blocked, connect, TLS, send, wait and receive. */
  readonly durationMs: number;
  readonly kind: RequestKind;
  /** Answered in time, with the expected status and the expected body. */
  readonly ok: boolean;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Why it is not ok. */
  readonly error?: string;
  /** `new`: the request opened a connection; `kept`: it reused one. */
  readonly connection: 'new' | 'kept';
  /** Of a kept connection: when it was opened, milliseconds since the epoch; missing if unknown. */
  readonly connectedMs?: number;
  /** Where it was sent: `virtual-address`, `edge1`, … */
  readonly target: string;
  /** The host that answered, when the answer names one (`X-Served-By`). */
  readonly host?: string;
  /** Version of the application that made the response (`X-App-Version`). */
  readonly version?: string;
  /** Trace ID of a failed or slow request that got a response; leads to its log lines. */
  readonly traceId?: string;
}

/** Schema of a record in a file. */
export const requestRecordSchema = z.strictObject({
  startMs: z.number().positive(),
  durationMs: z.number().nonnegative(),
  kind: z.enum(KINDS),
  ok: z.boolean(),
  status: z.int().min(0).max(599),
  error: z.string().min(1).optional(),
  connection: z.enum(['new', 'kept']),
  connectedMs: z.number().positive().optional(),
  target: z.string().min(1),
  host: z.string().min(1).optional(),
  version: z.string().min(1).optional(),
  traceId: z.string().min(1).optional(),
});

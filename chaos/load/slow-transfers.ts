import { createHash } from 'node:crypto';
import { z } from 'zod';
import { REQUEST_LIMITS } from '../../deploy/model/request-limits.ts';
import { chooseProduct, chooseUser, mix } from '../../k6/lib/choice.ts';
import { TIMEOUT_SECONDS } from '../../k6/lib/plan.ts';
import { HoldfastError } from '../../kit/errors.ts';
import type { LoadTarget } from './load-run.ts';
import { readDownload, type Download } from './long-download.ts';
import type { SlowLog } from './slow-result.ts';
import { sendUpload, type Upload } from './slow-upload.ts';
import type { Transfer } from './transfer.ts';

/** The body must arrive within the limit of the site, with a margin for a busy machine. */
const UPLOAD_MS = { least: 3_000, most: REQUEST_LIMITS.arrivalMs - 800 };
/** From here on, the site may be right to reject a body. */
const MOST_UPLOAD_MS = REQUEST_LIMITS.arrivalMs - 200;
const DOWNLOAD_MS = { least: 3_000, most: 8_000 };
/** A client reads much more often than the site requires, `stallMs`. */
const READ_EVERY_MS = 100;
/** More than any response needs, in addition to its own duration. */
const DOWNLOAD_SPARE_MS = TIMEOUT_SECONDS.read * 1_000;
const QUICK_WINDOW_BYTES = 65_535;
const SESSION = /^hf_session=([^;]+)/;

/** What the transfers of all slow clients have in common. */
export interface SlowContext {
  readonly targets: readonly LoadTarget[];
  readonly runId: string;
  readonly transport: { readonly authority: string; readonly signal: AbortSignal };
  readonly log: SlowLog;
}

export interface UploadOptions {
  /** Unique number of the upload: decides its target, its purpose and its duration. */
  readonly number: number;
  readonly worker: number;
  /** Sessions of clients whose first session was refused, by client. */
  readonly sessions: Map<number, string>;
  readonly session: string;
}

/** One slow upload: orders and logins in turn. */
export async function uploadOnce(
  context: SlowContext,
  { number, worker, sessions, session }: UploadOptions,
): Promise<void> {
  const key = `${context.runId}-slow-${number}`;
  const overMs = between(UPLOAD_MS, number);
  if (number % 2 === 1) {
    const transfer = await sendUpload(
      { ...loginOf(context, number, key), overMs, mostMs: MOST_UPLOAD_MS },
      context.transport,
    );
    const failure = failureOf(transfer, [200]) ?? (sessionOf(transfer) === undefined ? 'no session' : undefined);
    context.log.add(transfer, { kind: 'slow-upload', target: targetOf(context, number).name }, failure);
    return;
  }
  context.log.attempt(key);
  const order = { ...orderOf(context, number, key), overMs, mostMs: MOST_UPLOAD_MS };
  const cookie = { Cookie: `hf_session=${sessions.get(worker) ?? session}` };
  const transfer = await sendUpload({ ...order, headers: { ...order.headers, ...cookie } }, context.transport);
  const orderId = orderIdOf(transfer);
  const failure = failureOf(transfer, [201, 200]) ?? (orderId === undefined ? 'no order id' : undefined);
  const acknowledged = failure === undefined ? orderId : undefined;
  const of = { kind: 'slow-upload', target: order.target.name, key, orderId: acknowledged } as const;
  context.log.addOrder(transfer, of, failure);
  if (failure === undefined) return;
  // As the visitors of the load do after any failure.
  const again = await logIn(context, `${number}-again`);
  if (again !== undefined) sessions.set(worker, again);
}

function loginOf(context: SlowContext, number: number, key: string): Omit<Upload, 'overMs' | 'mostMs'> {
  return {
    ...{ target: targetOf(context, number), path: '/api/login', responseMs: TIMEOUT_SECONDS.login * 1_000 },
    body: JSON.stringify({ email: `user${chooseUser(number)}@shop.test`, password: 'holdfast' }),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
  };
}

function orderOf(context: SlowContext, number: number, key: string): Omit<Upload, 'overMs' | 'mostMs'> {
  return {
    ...{ target: targetOf(context, number), path: '/api/orders', responseMs: TIMEOUT_SECONDS.order * 1_000 },
    body: JSON.stringify({ items: [{ productId: chooseProduct(number), quantity: 1 }] }),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
  };
}

/** A quick login without a record. Undefined if it fails. */
export async function logIn(context: SlowContext, name: string): Promise<string | undefined> {
  const login = loginOf(context, 0, `${context.runId}-slow-login-${name}`);
  return sessionOf(await sendUpload({ ...login, overMs: 0, mostMs: MOST_UPLOAD_MS }, context.transport));
}

/** A file that is downloaded, and how its whole body is recognized. */
export interface ExpectedFile {
  readonly path: string;
  readonly bytes: number;
  /** Returns the problem of a complete response with the status 200. */
  readonly check: (body: Buffer) => string | undefined;
}

/** Two pages, which change, and the largest static file, which has a fingerprint in its name and never changes. */
export async function readFiles(context: SlowContext): Promise<readonly ExpectedFile[]> {
  const home = await read(context, '/');
  const paths = [
    ...new Set([...home.toString('utf8').matchAll(/["'](\/static\/[^"'?#]+)/g)].map(([, path = '']) => path)),
  ];
  const files: ExpectedFile[] = [];
  for (const path of paths) {
    const body = await read(context, path);
    const hash = hashOf(body);
    const check = (other: Buffer): string | undefined => (hashOf(other) === hash ? undefined : 'another file');
    files.push({ path, bytes: body.length, check });
  }
  const [largest] = files.toSorted((a, b) => b.bytes - a.bytes);
  if (largest === undefined) throw noAnswer('the home page refers to no static file');
  const checkPage = (body: Buffer): string | undefined =>
    body.toString('utf8').trimEnd().endsWith('</html>') ? undefined : 'the page is not whole';
  const list = '/products?page=1';
  return [
    { path: list, bytes: (await read(context, list)).length, check: checkPage },
    largest,
    { path: '/', bytes: home.length, check: checkPage },
  ];
}

async function read(context: SlowContext, path: string): Promise<Buffer> {
  const target = targetOf(context, 0);
  const quick = { windowBytes: QUICK_WINDOW_BYTES, everyMs: READ_EVERY_MS, deadlineMs: DOWNLOAD_SPARE_MS };
  const transfer = await readDownload({ target, path, ...quick }, context.transport);
  const failure = failureOf(transfer, [200]);
  if (failure !== undefined) throw noAnswer(`${path}: ${failure}`);
  return transfer.body;
}

/** One long download. */
export async function downloadOnce(
  context: SlowContext,
  { number, files }: { readonly number: number; readonly files: readonly ExpectedFile[] },
): Promise<void> {
  const file = files[number % files.length];
  if (file === undefined) throw new Error('there is no file to download');
  const overMs = between(DOWNLOAD_MS, number);
  const settings: Download = {
    ...{ target: targetOf(context, number), path: file.path, everyMs: READ_EVERY_MS },
    windowBytes: Math.ceil((file.bytes * READ_EVERY_MS) / overMs),
    deadlineMs: overMs + DOWNLOAD_SPARE_MS,
  };
  const transfer = await readDownload(settings, context.transport);
  const failure = failureOf(transfer, [200]) ?? file.check(transfer.body);
  context.log.add(transfer, { kind: 'long-download', target: settings.target.name }, failure);
}

function targetOf({ targets }: SlowContext, number: number): LoadTarget {
  // The kinds of transfers have other periods than the targets, so that each kind meets each target.
  const target = targets[(number + Math.floor(number / targets.length)) % targets.length];
  if (target === undefined) throw new HoldfastError('usage', 'Slow clients need at least one target.');
  return target;
}

function between({ least, most }: { readonly least: number; readonly most: number }, number: number): number {
  return least + (mix(number, 7) % (most - least + 1));
}

function failureOf({ status, error }: Transfer, expected: readonly number[]): string | undefined {
  if (error !== undefined) return error;
  return expected.includes(status) ? undefined : `status ${status}`;
}

function sessionOf({ headers }: Transfer): string | undefined {
  return SESSION.exec(headers.get('set-cookie') ?? '')?.[1];
}

const orderSchema = z.object({ orderId: z.union([z.string(), z.number()]) });

function orderIdOf({ body }: Transfer): string | undefined {
  try {
    return String(orderSchema.parse(JSON.parse(body.toString('utf8'))).orderId);
  } catch {
    return undefined;
  }
}

function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

export function noAnswer(why: string): HoldfastError {
  return new HoldfastError('load-failed', `The slow clients could not start: ${why}.`, {
    fix: 'Run `./holdfast status`, and start the stack with `./holdfast up`.',
  });
}

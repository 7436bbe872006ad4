/**
 * Values that one release writes and another one reads while both run side by side, or after a rollback: signed cookies, cached objects, password
 * hashes, hashes of orders. One release writes samples with its own code, and the other one reads them with its own.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { CacheCommands } from '../data/cache.ts';
import { hashOrderRequest } from '../shop/order-request.ts';
import { hashPassword, isPassword } from '../shop/password.ts';
import { Products } from '../shop/products.ts';
import { SessionStates } from '../shop/session-state.ts';
import { openOwnWrite, openSession, signOwnWrite, signSession, type Session } from '../shop/session.ts';
import { makeSigner } from '../shop/token.ts';

const ownSchema = z.object({
  session: z.string(),
  ownWrite: z.string(),
  passwordHash: z.string(),
  orderHash: z.string(),
  /** Cache key → value. */
  cached: z.record(z.string(), z.string()),
});

/** Samples of another release, which may write more or fewer kinds. */
export const samplesSchema = ownSchema.partial();

export type Samples = Readonly<z.infer<typeof samplesSchema>>;

/** `error`: users notice it. `warning`: the releases only read the database more often. */
export interface FormatProblem {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
}

// All releases must use the same values here, because each compares the samples of the other with its own.
const signer = makeSigner('samples of a release');
const NOW_MS = Date.UTC(2026, 0, 1);
const SESSION: Session = { id: 'c2FtcGxl', userId: 7, expiresAt: NOW_MS / 1_000 + 3_600 };
const GTIDS = '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';
const PASSWORD = 'holdfast';
const ORDER = { items: [{ productId: 1, quantity: 2 }] };
const ROW = {
  ...{ id: 1, sku: 'SKU-1', name: 'Sample', category: 'samples', description: 'A sample.' },
  ...{ price_cents: 1_250, quantity: 3 },
};
const [KNOWN_ID, UNKNOWN_ID] = [1, 2];

/** A cache in memory. */
function makeCache(values: Map<string, string>): CacheCommands {
  return {
    get: (key) => Promise.resolve(values.get(key)),
    set: (key, value) => {
      values.set(key, value);
      return Promise.resolve();
    },
    delete: (keys) => {
      for (const key of keys) values.delete(key);
      return Promise.resolve();
    },
  };
}

/** The reads of a catalogue with one product. `onRead` is called for each. */
function makeCatalogue(cache: CacheCommands, onRead: () => void): Products {
  const find = ({ values }: { readonly values?: readonly unknown[] }): readonly (typeof ROW)[] =>
    values?.[0] === UNKNOWN_ID ? [] : [ROW];
  return new Products(
    {
      read: (statement) => {
        onRead();
        return Promise.resolve(find(statement));
      },
      readOwnWrite: (statement) => Promise.resolve({ rows: find(statement), isStale: false }),
    },
    cache,
  );
}

/** Every read of a cached object, by what it is. */
function cachedReads(catalogue: Products): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    'cached product': () => catalogue.byId(KNOWN_ID),
    'cached unknown product': () => catalogue.byId(UNKNOWN_ID),
    'cached page of the catalogue': () => catalogue.page(1),
    'cached list of the newest products': () => catalogue.newest(),
  };
}

/** The samples of this release. */
export async function writeSamples(): Promise<Readonly<z.infer<typeof ownSchema>>> {
  const values = new Map<string, string>();
  const cache = makeCache(values);
  for (const read of Object.values(cachedReads(makeCatalogue(cache, () => undefined)))) await read();
  const states = new SessionStates(cache);
  await states.noteProduct(SESSION, KNOWN_ID, new Date(NOW_MS));
  return {
    session: signSession(signer, SESSION),
    ownWrite: signOwnWrite(signer, { userId: SESSION.userId, gtids: GTIDS, untilMs: NOW_MS + 60_000 }),
    passwordHash: await hashPassword(PASSWORD, Buffer.alloc(16, 1)),
    orderHash: hashOrderRequest(ORDER).toString('hex'),
    cached: Object.fromEntries(values),
  };
}

/** Reads the samples of another release with the code of this one. */
export async function checkSamples(samples: Samples): Promise<readonly FormatProblem[]> {
  const { session, ownWrite, passwordHash, orderHash, cached } = samples;
  const reader = { userId: SESSION.userId, nowMs: NOW_MS };
  const checks: readonly (readonly [isRead: boolean, summary: string])[] = [
    [session === undefined || includes(openSession(signer, session, NOW_MS), SESSION), 'does not accept its sessions'],
    [
      ownWrite === undefined || openOwnWrite(signer, ownWrite, reader) === GTIDS,
      'does not accept its own-write cookies',
    ],
    [passwordHash === undefined || (await isPassword(PASSWORD, passwordHash)), 'does not accept its password hashes'],
    [
      orderHash === undefined || orderHash === hashOrderRequest(ORDER).toString('hex'),
      'considers a retried order another order, because their hashes differ',
    ],
  ];
  const errors = checks.filter(([isRead]) => !isRead).map(([, summary]) => ({ severity: 'error', summary }) as const);
  return [...errors, ...(cached === undefined ? [] : await checkCached(cached))];
}

async function checkCached(cached: Readonly<Record<string, string>>): Promise<readonly FormatProblem[]> {
  const problems: FormatProblem[] = [];
  const expected = cachedReads(makeCatalogue(makeCache(new Map()), () => undefined));
  let isMiss = false;
  const catalogue = makeCatalogue(makeCache(new Map(Object.entries(cached))), () => (isMiss = true));
  const states = new SessionStates(makeCache(new Map(Object.entries(cached))));
  const report = (what: string, read: unknown, wanted: unknown): void => {
    if (isMiss) problems.push({ severity: 'warning', summary: `does not use its ${what}` });
    else if (!includes(read, wanted)) problems.push({ severity: 'error', summary: `misreads its ${what}` });
  };
  for (const [what, read] of Object.entries(cachedReads(catalogue))) {
    isMiss = false;
    report(what, await read(), await expected[what]?.());
  }
  const state = await states.read(SESSION);
  isMiss = state === undefined;
  report('session state', state, { recentProductIds: [KNOWN_ID], lastSeenAt: new Date(NOW_MS).toISOString() });
  return problems;
}

/** Whether two values are equal in the fields that both have. One release may have more fields than the other. */
function includes(read: unknown, wanted: unknown): boolean {
  if (Array.isArray(read) && Array.isArray(wanted)) {
    return read.length === wanted.length && read.every((value, index) => includes(value, wanted[index]));
  }
  if (isObject(read) && isObject(wanted)) {
    return Object.entries(read).every(([key, value]) => !(key in wanted) || includes(value, wanted[key]));
  }
  return isDeepStrictEqual(read, wanted);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

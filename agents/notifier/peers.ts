import { z } from 'zod';
import { type Known, wordSchema } from './notified-state.ts';

/** Another notifier. */
export interface Peer {
  readonly host: string;
  /** `http://address:port`. */
  readonly url: string;
}

/** Reply of `GET /told?key=…&key=…`: by alert key. */
const knownSchema = z.record(
  z.string(),
  z.object({ told: wordSchema.optional(), queued: z.boolean(), telling: z.boolean() }),
);

/** What a peer knows, by alert key. */
export type PeerKnowledge = ReadonlyMap<string, Known>;

const TIMEOUT_MS = 1_000;

/** Asks a peer what it has told; `undefined` when it does not answer in time, which must hold nothing up. */
export async function askPeer(peer: Peer, keys: readonly string[]): Promise<PeerKnowledge | undefined> {
  const query = new URLSearchParams(keys.map((key): [string, string] => ['key', key]));
  try {
    const known = knownSchema.parse(await getJson(`${peer.url}/told?${query.toString()}`));
    return new Map(Object.entries(known).map(([key, { told, ...rest }]) => [key, { told, ...rest }]));
  } catch {
    return undefined;
  }
}

const recentSchema = z.array(
  wordSchema.pick({ status: true, sinceMs: true }).extend({ key: z.string(), agoMs: z.number().min(0) }),
);

/** The last word of a notifier about an alert, and how long ago it was mailed. */
export type RecentWord = Readonly<z.infer<typeof recentSchema>[number]>;

/** What a peer has mailed in the last minutes; `undefined` when it does not answer. */
export async function readRecentWords(peer: Peer): Promise<readonly RecentWord[] | undefined> {
  try {
    return recentSchema.parse(await getJson(`${peer.url}/recent`));
  } catch {
    return undefined;
  }
}

/** Several times the longest valid response. A longer one is a fault of the peer, and must not exhaust the memory of this process. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Throws for an answer that is late, too long or no JSON. */
async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop by an error ends the connection.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`${url} answers with more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

const healthSchema = z.object({ watchdogHeard: z.boolean() });

/** Whether any peer hears its watchdog. */
export async function anyPeerHears(peers: readonly Peer[]): Promise<boolean> {
  const answers = await Promise.all(
    peers.map(async ({ url }) => {
      try {
        return healthSchema.parse(await getJson(`${url}/healthz`)).watchdogHeard;
      } catch {
        return false;
      }
    }),
  );
  return answers.includes(true);
}

/** Lets a notifier elsewhere hear that this one lives. Where nobody listens it is that host's loss, which the monitors tell of. */
export async function showSignOfLife(url: string): Promise<void> {
  try {
    const response = await fetch(`${url}/watchdog`, { method: 'POST', signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.text();
  } catch {
    // The next one is shown soon.
  }
}

import { z } from 'zod';
import { type Line, lineSchema } from './journal.ts';
import { type Known, wordSchema } from './news.ts';

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
    const response = await fetch(`${peer.url}/told?${query.toString()}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const known = knownSchema.parse(await response.json());
    return new Map(Object.entries(known).map(([key, { told, ...rest }]) => [key, { told, ...rest }]));
  } catch {
    return undefined;
  }
}

const wordsSchema = z.array(lineSchema);

/** What a peer has told at `sinceMs` (epoch ms, its clock) or later; `undefined` when it does not answer. */
export async function readWords(peer: Peer, sinceMs: number): Promise<readonly Line[] | undefined> {
  try {
    const response = await fetch(`${peer.url}/words?since=${sinceMs}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return wordsSchema.parse(await response.json());
  } catch {
    return undefined;
  }
}

const healthSchema = z.object({ watchdogHeard: z.boolean() });

/** Whether any peer hears its watchdog. */
export async function anyPeerHears(peers: readonly Peer[]): Promise<boolean> {
  const answers = await Promise.all(
    peers.map(async ({ url }) => {
      try {
        const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
        return healthSchema.parse(await response.json()).watchdogHeard;
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

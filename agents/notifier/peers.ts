import { z } from 'zod';
import { type AlertKnowledge, notifiedStateSchema } from './notified-state.ts';

/** Another notifier. */
export interface Peer {
  readonly host: string;
  /** `http://address:port`. */
  readonly url: string;
}

/** Reply of `GET /notified?key=…&key=…`: by alert key. */
const knowledgeSchema = z.record(
  z.string(),
  z.object({ notified: notifiedStateSchema.optional(), queued: z.boolean(), inflight: z.boolean() }),
);

/** The same reply of a notifier that was built before `/notified` existed, to `GET /told`. */
const oldKnowledgeSchema = z.record(
  z.string(),
  z.object({ told: notifiedStateSchema.optional(), queued: z.boolean(), telling: z.boolean() }),
);

/** The knowledge of a peer, by alert key. */
export type PeerKnowledge = ReadonlyMap<string, AlertKnowledge>;

const TIMEOUT_MS = 1_000;

/** Queries the knowledge of a peer; `undefined` if it does not respond in time, so that delivery continues. */
export async function queryPeer(peer: Peer, keys: readonly string[]): Promise<PeerKnowledge | undefined> {
  const query = new URLSearchParams(keys.map((key): [string, string] => ['key', key])).toString();
  try {
    const reply = await getJson(`${peer.url}/notified?${query}`);
    if (reply === undefined) return readOldKnowledge(await getJson(`${peer.url}/told?${query}`));
    const knowledge = knowledgeSchema.parse(reply);
    return new Map(Object.entries(knowledge).map(([key, { notified, ...rest }]) => [key, { notified, ...rest }]));
  } catch {
    return undefined;
  }
}

function readOldKnowledge(reply: unknown): PeerKnowledge {
  const knowledge = oldKnowledgeSchema.parse(reply);
  return new Map(
    Object.entries(knowledge).map(([key, { told, queued, telling }]) => [
      key,
      { notified: told, queued, inflight: telling },
    ]),
  );
}

const recentSchema = z.array(
  notifiedStateSchema.pick({ status: true, sinceMs: true }).extend({ key: z.string(), agoMs: z.number().min(0) }),
);

/** The last state of an alert that a peer mailed, and how long ago. */
export type RecentNotification = Readonly<z.infer<typeof recentSchema>[number]>;

/** The notifications that a peer mailed in the last minutes; `undefined` if it does not respond. */
export async function readRecentNotifications(peer: Peer): Promise<readonly RecentNotification[] | undefined> {
  try {
    return recentSchema.parse(await getJson(`${peer.url}/recent`));
  } catch {
    return undefined;
  }
}

/** Several times the longest valid response. A longer one must not exhaust the memory of this process. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Throws if the response is late, too long or invalid JSON; `undefined` for 404. */
async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // An error inside the loop closes the connection.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_RESPONSE_BYTES) throw new Error(`${url} returned more than ${MAX_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return response.status === 404 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

const healthSchema = z.object({ watchdogHeard: z.boolean() });

/** Whether any peer receives its watchdog alert. */
export async function anyPeerReceivesWatchdog(peers: readonly Peer[]): Promise<boolean> {
  const results = await Promise.all(
    peers.map(async ({ url }) => {
      try {
        return healthSchema.parse(await getJson(`${url}/healthz`)).watchdogHeard;
      } catch {
        return false;
      }
    }),
  );
  return results.includes(true);
}

/** Sends a heartbeat to another notifier. Errors are ignored, because the monitors alert when that host is down. */
export async function sendHeartbeat(url: string): Promise<void> {
  try {
    const response = await fetch(`${url}/watchdog`, { method: 'POST', signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.text();
  } catch {
    // The next heartbeat follows soon.
  }
}

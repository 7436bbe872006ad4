import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HOSTILE_ADDRESS } from '../../deploy/model/topology.ts';
import type { AttackKind } from '../hostile/attack.ts';
import { hostileContainerName, readHostile, startHostile, type AttackAt } from '../hostile/container.ts';
import { containerExists, removeContainer } from './container.ts';
import { readClientCounts, type ClientCounts } from '../probes/client-tables.ts';
import type { Fault, UndoMethod } from './fault.ts';

export const hostileUndo = z.strictObject({
  kind: z.literal('hostile-client'),
  runId: z.string().regex(/^[a-z0-9-]+$/),
});

type HostileUndo = z.infer<typeof hostileUndo>;

/** An attacked entry of the site, and the host whose HAProxy serves it. */
export interface AttackedEntry extends AttackAt {
  readonly host: string;
}

/** The attacker exits after this time if the fault is not reverted before. */
export const HOSTILE_CLIENT_SECONDS = 300;

/** Minimum counters of the attacked HAProxy for the attacker. Below these, the attack has not taken effect. */
const TOOK_EFFECT: Readonly<Record<AttackKind, Partial<ClientCounts>>> = {
  'idle-connections': { connections: 90 },
  'slow-headers': { connections: 90 },
  'slow-bodies': { connections: 90 },
  'slow-readers': { responses: 50 },
  // The number in progress depends on the speed of the machine: 20 to 62 were measured.
  'http2-streams': { requests: 10, requestRate: 300 },
  'connection-rate': { connectionRate: 300 },
  'cache-busting': { requestRate: 300 },
};

/** Minimum connection attempts of the attacker at each entry. An attack over HTTP/2 uses ten connections. */
const TRIED_AT_LEAST = 10;

/** One client address attacks entries of the site. The attacked HAProxy, not the attacker, measures the effect. */
export function hostileClient(attack: AttackKind, attacked: readonly AttackedEntry[]): Fault<HostileUndo> {
  return {
    kind: 'hostile-client',
    description: `${HOSTILE_ADDRESS} attacks ${attacked.map(({ name }) => name).join(', ')} with ${attack}`,
    targets: [...new Set(attacked.map(({ host }) => host))],
    plan: () => Promise.resolve({ kind: 'hostile-client', runId: randomBytes(4).toString('hex') }),
    inject: (_world, { runId }) => startHostile({ runId, attack, at: attacked, seconds: HOSTILE_CLIENT_SECONDS }),
    probeEffect: (world, { runId }) => observeAttack(world, { attack, attacked, runId }),
  };
}

async function observeAttack(
  world: StackContext,
  {
    attack,
    attacked,
    runId,
  }: { readonly attack: AttackKind; readonly attacked: readonly AttackedEntry[]; readonly runId: string },
): Promise<Observation> {
  const hosts = [...new Set(attacked.map(({ host }) => host))];
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const counts = await readClientCounts(world, host, HOSTILE_ADDRESS);
      const wanted = Object.entries(TOOK_EFFECT[attack]) as [keyof ClientCounts, number][];
      return {
        enough: wanted.every(([name, least]) => counts[name] >= least),
        text: `${host} counts ${wanted.map(([name]) => `${counts[name]} ${COUNT_NAMES[name]}`).join(', ')}`,
      };
    }),
  );
  const reports = await readHostile(runId);
  const reported = Object.entries(reports).map(
    ([name, { connected, refused, sent }]) => `${name}: ${connected} connected, ${refused} refused, ${sent} requests`,
  );
  // One host may serve both HTTP and TLS, and its counters may come from one of them alone.
  const isTried = ({ name }: AttackedEntry): boolean => {
    const { connected = 0, refused = 0 } = reports[name] ?? {};
    return connected + refused >= TRIED_AT_LEAST;
  };
  return {
    seen: seen.every(({ enough }) => enough) && attacked.every(isTried),
    text: [...seen.map(({ text }) => text), ...reported].join('; '),
  };
}

const COUNT_NAMES: Readonly<Record<keyof ClientCounts, string>> = {
  connections: 'open connections',
  connectionRate: 'connections within 10 s',
  requests: 'requests in progress',
  requestRate: 'requests within 10 s',
  responses: 'responses that are not read',
};

export const undoHostile: UndoMethod<HostileUndo> = {
  undo: (_world, { runId }) => removeContainer(hostileContainerName(runId)),
  probeClear: async (_world, { runId }) =>
    (await containerExists(hostileContainerName(runId)))
      ? { seen: false, text: 'the attacker still runs' }
      : { seen: true, text: 'the attacker has ended' },
};

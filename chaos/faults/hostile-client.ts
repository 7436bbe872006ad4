import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HOSTILE_ADDRESS } from '../../deploy/model/topology.ts';
import type { AttackKind } from '../hostile/attack.ts';
import { hostileContainerName, readHostile, startHostile, type AttackAt } from '../hostile/container.ts';
import { containerExists, removeContainer } from './container.ts';
import { readClientCounts, type ClientCounts } from '../probes/client-tables.ts';
import type { Fault, FaultContext, Observation, UndoMethod } from './fault.ts';

export const hostileUndo = z.strictObject({
  kind: z.literal('hostile-client'),
  runId: z.string().regex(/^[a-z0-9-]+$/),
});

type HostileUndo = z.infer<typeof hostileUndo>;

/** Where an attack is aimed at, and the host whose HAProxy takes it. */
export interface Attacked extends AttackAt {
  readonly host: string;
}

/** The attacker ends by itself after this, should nobody undo it. */
export const HOSTILE_CLIENT_SECONDS = 300;

/** What the attacked HAProxy must have counted of the attacker: less is no attack. */
const TOOK_EFFECT: Readonly<Record<AttackKind, Partial<ClientCounts>>> = {
  'idle-connections': { connections: 90 },
  'slow-headers': { connections: 90 },
  'slow-bodies': { connections: 90 },
  'slow-readers': { responses: 50 },
  // How many are in progress at a moment depends on how fast the machine is: 20 to 62 were seen.
  'http2-streams': { requests: 10, requestRate: 300 },
  'connection-rate': { connectionRate: 300 },
  'cache-busting': { requestRate: 300 },
};

/** Connections that the attacker has tried at each entry: an attack over HTTP/2 needs ten. */
const TRIED_AT_LEAST = 10;

/** One client address attacks entries of the site. The effect is counted by the attacked HAProxy, not by the attacker. */
export function hostileClient(attack: AttackKind, attacked: readonly Attacked[]): Fault<HostileUndo> {
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
  world: FaultContext,
  {
    attack,
    attacked,
    runId,
  }: { readonly attack: AttackKind; readonly attacked: readonly Attacked[]; readonly runId: string },
): Promise<Observation> {
  const hosts = [...new Set(attacked.map(({ host }) => host))];
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const counts = await readClientCounts(world, host, HOSTILE_ADDRESS);
      const wanted = Object.entries(TOOK_EFFECT[attack]) as [keyof ClientCounts, number][];
      return {
        enough: wanted.every(([name, least]) => counts[name] >= least),
        text: `${host} counts ${wanted.map(([name]) => `${counts[name]} ${WORDS[name]}`).join(', ')}`,
      };
    }),
  );
  const reports = await readHostile(runId);
  const told = Object.entries(reports).map(
    ([name, { connected, refused, sent }]) => `${name}: ${connected} connected, ${refused} refused, ${sent} requests`,
  );
  // One host may be the entry by HTTP and by TLS, and its counts may be of one of them alone.
  const isTried = ({ name }: Attacked): boolean => {
    const { connected = 0, refused = 0 } = reports[name] ?? {};
    return connected + refused >= TRIED_AT_LEAST;
  };
  return {
    seen: seen.every(({ enough }) => enough) && attacked.every(isTried),
    text: [...seen.map(({ text }) => text), ...told].join('; '),
  };
}

const WORDS: Readonly<Record<keyof ClientCounts, string>> = {
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
      : { seen: true, text: 'the attacker is gone' },
};

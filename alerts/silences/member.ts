import { z } from 'zod';
import { addressOn, hostsOf, PORTS, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { requireNetwork } from '../../kit/require-network.ts';
import type { Matcher } from './subject.ts';
import { silenceSchema, type Silence } from './silence.ts';

/** Request to create a silence, or with `id` to update one. */
export interface SilenceSpec {
  readonly id?: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** Silence API of one Alertmanager of the pair. All calls throw `http` for a missing or failed response. */
export interface Member {
  /** Name of its host. */
  readonly name: string;
  readonly list: () => Promise<readonly Silence[]>;
  /** Returns the ID. */
  readonly put: (spec: SilenceSpec) => Promise<string>;
  readonly expire: (id: string) => Promise<void>;
}

/** The Alertmanagers of the stack. Throws `stack-down` when the stack is not running on this machine. */
export function openMembers(topology: Topology, signal: AbortSignal): readonly Member[] {
  requireNetwork(topology.networks.ops);
  return hostsOf(topology, 'monitor').map((host) =>
    openMember(host.name, `http://${addressOn(host, 'ops')}:${PORTS.alertmanager}`, signal),
  );
}

const TIMEOUT_MS = 3_000;

export function openMember(name: string, url: string, signal: AbortSignal): Member {
  const request = async (path: string, init: RequestInit = {}): Promise<string> => {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const response = await fetch(`${url}/api/v2${path}`, { ...init, signal: limit });
      const text = await response.text();
      if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
      return text;
    } catch (error) {
      signal.throwIfAborted();
      throw new HoldfastError('http', `Alertmanager on ${name}: ${messageOf(error)}`, { cause: error });
    }
  };
  return {
    name,
    list: async () => z.array(silenceSchema).parse(JSON.parse(await request('/silences'))),
    put: async (spec) => {
      const body = JSON.stringify(spec);
      const text = await request('/silences', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      return z.object({ silenceID: z.string() }).parse(JSON.parse(text)).silenceID;
    },
    expire: async (id) => {
      await request(`/silence/${encodeURIComponent(id)}`, { method: 'DELETE' });
    },
  };
}

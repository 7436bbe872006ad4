import type { Tier } from '../model/topology.ts';
import type { Action } from './decide-change.ts';

/** What a change of one host exposes, and for how long. */
export interface ChangePrediction {
  /** The redundancy that is missing meanwhile, such as `one web host serves alone`. */
  readonly exposes: string;
  /** About how long, in seconds: measured in rolls of the whole stack on two cores. */
  readonly seconds: number;
}

/** What is missing while one host of a tier is down. `count`: hosts of the tier. */
const EXPOSED: Readonly<Record<Tier, (count: number) => string>> = {
  edge: (count) => `${count - 1} of ${count} edges; clients of the other address connect to the next one`,
  lb: (count) => `${count - 1} of ${count} load balancers; the virtual addresses move once`,
  web: (count) => `${count - 1} of ${count} web hosts`,
  app: (count) => `${count - 1} of ${count} application hosts`,
  db: (count) => `${count - 1} of ${count} database nodes; another loss stops writes`,
  cache: (count) => `${count - 1} of ${count} cache hosts`,
  monitor: (count) => `${count - 1} of ${count} monitors`,
  mail: () => 'no mailbox; mails are queued',
  trace: () => 'no traces and request logs are stored',
};

/** From the drain of a host until its tier has full redundancy, for a replacement and for a reload of its services. */
const SECONDS: Readonly<Record<Tier, { readonly replace: number; readonly reload: number }>> = {
  edge: { replace: 10, reload: 3 },
  lb: { replace: 15, reload: 3 },
  web: { replace: 5, reload: 3 },
  app: { replace: 8, reload: 8 },
  db: { replace: 20, reload: 20 },
  cache: { replace: 8, reload: 8 },
  monitor: { replace: 12, reload: 3 },
  mail: { replace: 6, reload: 6 },
  trace: { replace: 12, reload: 12 },
};

/** What the change of one host exposes; `undefined` for a change that takes nothing out of service. */
export function predictChange(action: Action, tier: Tier, count: number): ChangePrediction | undefined {
  switch (action) {
    case 'nothing':
    case 'update':
      return undefined;
    case 'reload':
      return { exposes: 'nothing: connections stay open', seconds: SECONDS[tier].reload };
    case 'start':
    case 'restart':
    case 'replace':
    case 'remove':
      return { exposes: EXPOSED[tier](count), seconds: SECONDS[tier].replace };
  }
}

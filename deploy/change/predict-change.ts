import type { Tier } from '../model/topology.ts';
import type { Action } from './decide-change.ts';

/** What a change of one host exposes, and for how long. */
export interface ChangePrediction {
  /** The redundancy that is missing meanwhile, such as `one web host serves alone`. */
  readonly exposes: string;
  /** About how long, in seconds. */
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

/**
 * From the drain of a host until its tier has full redundancy again, in seconds. Measured in one replacement of all hosts under 100 requests/s on two cores
 * (`prove maintenance/whole-stack-roll`). Each is the longest of its tier, rounded up.
 */
const SECONDS: Readonly<Record<Tier, number>> = {
  edge: 16,
  lb: 16,
  web: 4,
  app: 7,
  db: 14,
  cache: 7,
  monitor: 5,
  mail: 3,
  trace: 7,
};

/** The same for a reload of HAProxy or Nginx: 0.5 to 1.1 s were measured. */
const RELOAD_SECONDS = 2;

/** What the change of one host exposes; `undefined` for a change that takes nothing out of service. */
export function predictChange(action: Action, tier: Tier, count: number): ChangePrediction | undefined {
  switch (action) {
    case 'nothing':
    case 'update':
      return undefined;
    case 'reload':
      return { exposes: 'nothing: connections stay open', seconds: RELOAD_SECONDS };
    case 'start':
    case 'restart':
    case 'replace':
    case 'remove':
      return { exposes: EXPOSED[tier](count), seconds: SECONDS[tier] };
  }
}

import type { Topology } from '../../deploy/model/topology.ts';
import type { SiteCounter } from '../../exporters/access-log/site-counter.ts';
import type { Log } from '../../exporters/kit/failure-log.ts';
import type { Module } from '../../exporters/kit/probe-server.ts';

/** What modules are made from. */
export interface ModuleContext {
  readonly topology: Topology;
  /** The text of a secret that this process may read. */
  readonly readSecret: (name: string) => string;
  readonly log: Log;
  /** What each entry of the site has answered, by the name of its host. */
  readonly site: ReadonlyMap<string, SiteCounter>;
}

/** Makes the modules of a tier: exporters with their targets in the topology. */
export type ModuleMaker = (context: ModuleContext) => readonly Module[];

/** For reaching a target that is a process on its own host: well within a scrape, so that a dead one is told as one. */
export function connectMsOf({ profile }: Topology): number {
  return 2 * profile.role.timeoutMs;
}

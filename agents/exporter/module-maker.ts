import type { SiteCounter } from '../../exporters/access-log/site-counter.ts';
import type { Log } from '../../exporters/kit/failure-log.ts';
import type { Module } from '../../exporters/kit/probe-server.ts';
import type { ExporterConfig } from './config.ts';

/** What modules are made from. */
export interface ModuleContext {
  readonly config: ExporterConfig;
  /** The text of a secret that this process may read. */
  readonly readSecret: (name: string) => string;
  readonly log: Log;
  /** What each entry of the site has answered, by the name of its host. */
  readonly site: ReadonlyMap<string, SiteCounter>;
}

/** Makes the modules of a tier: exporters with their targets. */
export type ModuleMaker = (context: ModuleContext) => readonly Module[];

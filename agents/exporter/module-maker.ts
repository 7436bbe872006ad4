import type { SiteCounter } from '../../exporters/access-log/site-counter.ts';
import type { Log } from '../../exporters/kit/failure-log.ts';
import type { Module } from '../../exporters/kit/probe-server.ts';
import type { ExporterConfig } from './config.ts';

/** The input of module makers. */
export interface ModuleContext {
  readonly config: ExporterConfig;
  /** Reads the text of a secret. */
  readonly readSecret: (name: string) => string;
  readonly log: Log;
  /** Response counters of the public entry hosts, by host name. */
  readonly site: ReadonlyMap<string, SiteCounter>;
}

/** Makes the modules of a tier: exporters with their targets. */
export type ModuleMaker = (context: ModuleContext) => readonly Module[];

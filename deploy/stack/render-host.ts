import { renderApp } from '../tiers/app/render.ts';
import { renderFacts } from '../tiers/host/render-facts.ts';
import { renderCache } from '../tiers/cache/render.ts';
import { renderDb } from '../tiers/db/render.ts';
import { renderEdge } from '../tiers/edge/render.ts';
import { renderLb } from '../tiers/lb/render.ts';
import { renderMail } from '../tiers/mail/render.ts';
import { renderMonitor } from '../tiers/monitor/render.ts';
import { renderTrace } from '../tiers/trace/render.ts';
import { renderWeb } from '../tiers/web/render.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import type { Host, Tier, Topology } from '../model/topology.ts';

const RENDERERS: Readonly<Record<Tier, (topology: Topology, host: Host) => readonly RenderedFile[]>> = {
  edge: renderEdge,
  lb: renderLb,
  web: renderWeb,
  app: renderApp,
  db: renderDb,
  cache: renderCache,
  monitor: renderMonitor,
  mail: renderMail,
  trace: renderTrace,
};

/** The configuration files of a host. */
export function renderHost(topology: Topology, host: Host): readonly RenderedFile[] {
  return [...RENDERERS[host.tier](topology, host), renderFacts(topology, host)];
}

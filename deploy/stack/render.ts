import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { renderApp } from '../tiers/app/render.ts';
import { renderFacts } from '../tiers/host/render-facts.ts';
import { renderCache } from '../tiers/cache/render.ts';
import { renderCompose, type RenderedHosts } from './compose.ts';
import { renderDb } from '../tiers/db/render.ts';
import { renderEdge } from '../tiers/edge/render.ts';
import { renderGrafana } from '../tiers/grafana/render.ts';
import { CONTAINER_OPTIONS } from '../model/container-options.ts';
import { renderLb } from '../tiers/lb/render.ts';
import { renderMail } from '../tiers/mail/render.ts';
import { renderMonitor } from '../tiers/monitor/render.ts';
import type { RenderedFile } from '../model/rendered-file.ts';
import { renderTrace } from '../tiers/trace/render.ts';
import type { Host, Tier, Topology } from '../model/topology.ts';
import { renderWeb } from '../tiers/web/render.ts';

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

/** Rendered files: path from the root of the checkout → text. */
export type RenderedFiles = ReadonlyMap<string, string>;

/**
 * All files rendered from the topology, together with `others`: files of other modules that hosts mount, such as alert rules. A change of
 * these also replaces the hosts that mount them.
 */
export function renderAll(topology: Topology, others: RenderedFiles): RenderedFiles {
  const hosts: RenderedHosts = new Map(
    topology.hosts.map(
      (host) => [host.name, [...RENDERERS[host.tier](topology, host), renderFacts(topology, host)]] as const,
    ),
  );
  const grafana = renderGrafana(topology);
  const files = [...hosts, ['grafana', grafana] as const].flatMap(([host, rendered]) =>
    rendered.map(({ path, text }) => [`${relative(ROOT, PATHS.rendered)}/${host}/${path}`, text] as const),
  );
  const read = new Map([
    ...topology.hosts.map(
      (host) => [host.name, [...(hosts.get(host.name) ?? []), ...mountedBy(host, others)]] as const,
    ),
    // Without the dashboards: Grafana reloads them on its own.
    ['grafana', grafana] as const,
  ]);
  return new Map([[relative(ROOT, PATHS.compose), renderCompose(topology, read)], ...files, ...others]);
}

function mountedBy(host: Host, others: RenderedFiles): readonly RenderedFile[] {
  const folders = Object.keys(CONTAINER_OPTIONS[host.tier].folders ?? {}).map((folder) => folder.replace(/^\.\//, ''));
  return [...others].flatMap(([path, text]) =>
    folders.some((folder) => path.startsWith(`${folder}/`)) ? [{ path, text }] : [],
  );
}

/** Differences between the files on disk and the rendered files; paths from the root of the checkout, sorted. */
export interface Drift {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  /** Files in folders of generated files that are not rendered any more. */
  readonly extra: readonly string[];
}

/** Folders that contain only generated files. */
const GENERATED = [PATHS.rendered, join(ROOT, 'alerts/generated'), join(ROOT, 'dashboards/generated')];

/** Compares the checkout with `files`. */
export async function readDrift(files: RenderedFiles): Promise<Drift> {
  const states = await Promise.all(
    [...files].map(async ([path, text]) => ({ path, text, found: await readIfPresent(join(ROOT, path)) })),
  );
  const present = (await Promise.all(GENERATED.map(listFiles))).flat();
  return {
    changed: states.filter(({ found, text }) => found !== undefined && found !== text).map(({ path }) => path),
    missing: states.filter(({ found }) => found === undefined).map(({ path }) => path),
    extra: present.map((path) => relative(ROOT, path)).filter((path) => !files.has(path)),
  };
}

/** Writes missing and changed files and removes extra ones. Returns the drift from before. */
export async function writeRendered(files: RenderedFiles): Promise<Drift> {
  const drift = await readDrift(files);
  for (const path of [...drift.missing, ...drift.changed]) {
    const target = join(ROOT, path);
    await mkdir(dirname(target), { recursive: true });
    // Written in place, because hosts mount the files.
    await writeFile(target, files.get(path) ?? '');
  }
  for (const path of drift.extra) await rm(join(ROOT, path));
  return drift;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

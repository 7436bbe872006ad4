import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { renderCompose } from './compose.ts';
import { renderHost } from './render-host.ts';
import { renderGrafana } from '../tiers/grafana/render.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import type { Topology } from '../model/topology.ts';

/**
 * All files rendered from the topology, together with `others`: files of other modules that hosts mount, such as alert rules.
 */
export function renderAll(topology: Topology, others: RenderedFiles): RenderedFiles {
  const hosts = topology.hosts.map((host) => [host.name, renderHost(topology, host)] as const);
  const grafana = renderGrafana(topology);
  const files = [...hosts, ['grafana', grafana] as const].flatMap(([host, rendered]) =>
    rendered.map(({ path, text }) => [`${relative(ROOT, PATHS.rendered)}/${host}/${path}`, text] as const),
  );
  return new Map([[relative(ROOT, PATHS.compose), renderCompose(topology, grafana)], ...files, ...others]);
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

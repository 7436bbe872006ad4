/** Inputs of an image, read from its Dockerfile, so that there is no second list to maintain. */
import { createHash } from 'node:crypto';
import { glob, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Files and images that one Dockerfile (up to one of its stages) reads. */
export interface DockerfileInputs {
  /** Paths of the build context as written: files, folders, globs. Sorted, unique. */
  readonly sources: readonly string[];
  /** Names of the stack's images that are used as `holdfast/NAME:dev`. Sorted, unique. */
  readonly images: readonly string[];
  /** Names of the stages that the target depends on, without unnamed ones. */
  readonly stages: readonly string[];
  /** Names of declared build arguments. */
  readonly args: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly references: string[];
  readonly sources: string[];
}

const OWN_IMAGE = /^holdfast\/([a-z0-9-]+):dev$/;

/** Instructions with their continuation lines joined, comments dropped. */
function parseInstructions(text: string): readonly (readonly [keyword: string, rest: string])[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replace(/\\\s*\n/g, ' ')
    .split('\n')
    .map((line) => /^\s*([A-Za-z]+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [[(match[1] ?? '').toUpperCase(), (match[2] ?? '').trim()] as const]));
}

/** Reads the sources of COPY and ADD: all words except for flags and the destination. */
function readCopy(rest: string, stage: Stage): void {
  const words = rest.split(/\s+/);
  const flags = words.filter((word) => word.startsWith('--'));
  const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length);
  if (from !== undefined) {
    stage.references.push(from);
    return;
  }
  const paths = words.filter((word) => !word.startsWith('--')).map((word) => word.replace(/^\["?|"?\]$|^"|",?$/g, ''));
  stage.sources.push(...paths.slice(0, -1).filter((path) => !path.startsWith('<<')));
}

/** Reads the bind mounts of RUN. */
function readMounts(rest: string, stage: Stage): void {
  for (const match of rest.matchAll(/--mount=(\S+)/g)) {
    const fields = new Map(
      (match[1] ?? '').split(',').map((field) => field.split('=', 2) as [string, string | undefined]),
    );
    const from = fields.get('from');
    if (from !== undefined) stage.references.push(from);
    else if ((fields.get('type') ?? 'bind') === 'bind')
      stage.sources.push(fields.get('source') ?? fields.get('src') ?? '.');
  }
}

/**
 * The inputs of the stage `target`, or of the last one, and of all stages that it depends on. Arguments have their default values.
 * Throws a plain error for an unknown target.
 */
export function parseDockerfile(text: string, target?: string): DockerfileInputs {
  const args = new Map<string, string>();
  const stages: Stage[] = [];
  const fill = (word: string): string => word.replace(/\$\{?(\w+)\}?/g, (all, name: string) => args.get(name) ?? all);
  for (const [keyword, rest] of parseInstructions(text)) {
    const stage = stages.at(-1);
    if (keyword === 'ARG') {
      const [name = '', value = ''] = rest.split(/=(.*)/s);
      args.set(name.trim(), value.trim());
    } else if (keyword === 'FROM') {
      const words = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
      stages.push({ name: words[2] ?? '', references: [fill(words[0] ?? '')], sources: [] });
    } else if (stage !== undefined && (keyword === 'COPY' || keyword === 'ADD')) readCopy(fill(rest), stage);
    else if (stage !== undefined && keyword === 'RUN') readMounts(fill(rest), stage);
  }
  const last = target === undefined ? stages.at(-1) : stages.find((stage) => stage.name === target);
  if (last === undefined) throw new Error(`The Dockerfile has no stage ${target ?? ''}`);
  const reached = new Set<Stage>();
  const images = new Set<string>();
  const visit = (stage: Stage): void => {
    if (reached.has(stage)) return;
    reached.add(stage);
    for (const reference of stage.references) {
      const inner = stages.find((other) => other.name === reference);
      if (inner !== undefined) visit(inner);
      const own = OWN_IMAGE.exec(reference)?.[1];
      if (own !== undefined) images.add(own);
    }
  };
  visit(last);
  const sources = new Set([...reached].flatMap((stage) => stage.sources));
  return {
    sources: [...sources].sort(),
    images: [...images].sort(),
    stages: [...reached].map(({ name }) => name).filter((name) => name !== ''),
    args: [...args.keys()],
  };
}

/** Patterns of .dockerignore (compared by a test), each with its regular expression. */
export const IGNORED: readonly (readonly [pattern: string, test: RegExp])[] = [
  ['.git', /^\.git(\/|$)/],
  ['.holdfast', /^\.holdfast(\/|$)/],
  ['node_modules', /^node_modules(\/|$)/],
  ['coverage', /^coverage(\/|$)/],
  ['**/*.log', /\.log$/],
  ['**/*.test.ts', /\.test\.ts$/],
];

/** Files below the sources, relative to `root`, sorted, except for those that .dockerignore excludes. A missing source has no files. */
export async function listInputFiles(root: string, sources: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const source of sources) {
    const pattern = source.replace(/^\.?\/+/, '').replace(/\/+$/, '');
    for await (const path of glob(pattern, { cwd: root })) {
      for (const file of await listFiles(root, path)) found.add(file);
    }
  }
  return [...found].filter((path) => !IGNORED.some(([, test]) => test.test(path))).sort();
}

/** The file itself, or all files below the folder, including hidden ones, which glob patterns skip. */
async function listFiles(root: string, path: string): Promise<readonly string[]> {
  if (!(await stat(join(root, path))).isDirectory()) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** SHA-256 (hex) over names, contents and executable bits of the files, and over `extra`. */
export async function hashInputs(root: string, files: readonly string[], extra: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${String(text.length)}:${text}\0`);
  for (const file of files) {
    const path = join(root, file);
    const [content, info] = await Promise.all([readFile(path), stat(path)]);
    hash.update(`${file}\0${(info.mode & 0o100) === 0 ? '-' : 'x'}\0${String(content.length)}\0`).update(content);
  }
  return hash.digest('hex');
}

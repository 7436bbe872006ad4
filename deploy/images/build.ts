/** Builds one image with `docker buildx build`, reports its progress, and writes the whole output to a log file. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';

/** One call of `docker buildx build`. */
export interface BuildRequest {
  readonly name: string;
  /** Folder with the files of the repository: the build context. */
  readonly root: string;
  /** Relative to the root. */
  readonly dockerfile: string;
  readonly target: string | undefined;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
  /** Named contexts: name as used in the Dockerfile → folder or `docker-image://NAME:TAG`. */
  readonly contexts: Readonly<Record<string, string>>;
}

interface BuildOptions {
  /** The builder that uses the engine's own image store. It has the name of the client's context. */
  readonly builder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Minimum time between two progress lines, and minimum build time to report. */
const QUIET_MS = 2_000;

/** The command line. Arguments come in a stable order. */
export function renderBuildArguments(request: BuildRequest, builder: string): readonly string[] {
  const pairs = (flag: string, values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    ...['buildx', 'build', '--builder', builder, '--progress', 'plain', '--file', request.dockerfile],
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...request.tags.flatMap((tag) => ['--tag', tag]),
    ...pairs('--label', request.labels),
    ...pairs('--build-arg', request.args),
    ...pairs('--build-context', request.contexts),
    '.',
  ];
}

/** Builds the image. Throws `image-build-failed` with the cause in one sentence and the path of the log file. */
export async function buildImage(request: BuildRequest, { builder, signal, onProgress }: BuildOptions): Promise<void> {
  await mkdir(PATHS.logs, { recursive: true });
  const log = join(PATHS.logs, `build-${request.name}.log`);
  const file = createWriteStream(log);
  const output: string[] = [];
  const started = Date.now();
  let reportedAt = started;
  const child = execa('docker', renderBuildArguments(request, builder), {
    cwd: request.root,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 10_000,
  });
  for await (const line of child.iterable({ from: 'all' })) {
    file.write(`${line}\n`);
    output.push(line);
    const step = parseStep(line);
    if (step !== undefined && Date.now() - reportedAt > QUIET_MS) {
      reportedAt = Date.now();
      onProgress(`image ${request.name}: ${step}`);
    }
  }
  const result = await child;
  file.end();
  await finished(file);
  signal.throwIfAborted();
  if (result.failed) {
    const cause = findBuildCause(output);
    throw new HoldfastError('image-build-failed', `Could not build the image ${request.name}: ${cause}`, {
      cause: result.cause,
      fix: `${adviseOn(cause)} The full output is in ${log}. Repeat the command: it continues where it stopped.`,
    });
  }
  const seconds = (Date.now() - started) / 1000;
  if (seconds > QUIET_MS / 1000) onProgress(`image ${request.name}: built in ${seconds.toFixed(0)} s`);
}

/** The instruction that BuildKit announces with this line, shortened; undefined for other lines. */
export function parseStep(line: string): string | undefined {
  const match = /^#\d+ \[(?:[^\]]* )?(\d+\/\d+)\] (.+)$/.exec(line);
  if (match === null) return undefined;
  const text = (match[2] ?? '').replace(/--mount=\S+\s*/g, '').replace(/\s+/g, ' ');
  return `step ${match[1] ?? ''}, ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`;
}

/** Lines with a cause, in the formats of compilers, apt, npm, curl and BuildKit; and lines that only resemble them. */
const CAUSE = /\berror\b|^E: |fail|unable|cannot|could not|not found|no such|denied|refused|mismatch|no space/i;
const NOISE = /complete log of this run|Run "npm help|^npm error$|npm error aliases|process "\/bin\/sh|^warning/i;

/** BuildKit's prefixes of a cause. */
const WRAPPING = /^(ERROR: )?(failed to (build|solve|compute cache key|calculate checksum of ref [^"]*): )*/;

/**
 * The line of a failed build with its cause. This is the last line of the failed step's own output that names a cause. If no line does, it
 * is the last line of that output, or BuildKit's own message if there is no output.
 */
export function findBuildCause(output: readonly string[]): string {
  const failedStep = output.findLast((line) => /^#\d+ ERROR: /.test(line));
  const number = /^#(\d+) /.exec(failedStep ?? '')?.[1];
  const own = output
    .map((line) => new RegExp(`^#${number ?? '-'} \\d+\\.\\d+ (.*)$`).exec(line)?.[1]?.trim() ?? '')
    .filter((line) => line !== '' && !NOISE.test(line));
  const verdict = output.findLast((line) => /^ERROR: /.test(line)) ?? failedStep?.replace(/^#\d+ /, '');
  const found =
    own.findLast((line) => CAUSE.test(line)) ?? own.at(-1) ?? verdict ?? output.at(-1) ?? 'docker printed no error';
  return found.replace(WRAPPING, '').slice(0, 300);
}

/** Fixes for the most common causes. */
const ADVICE: readonly (readonly [cause: RegExp, advice: string])[] = [
  [/no space left/i, 'Free disk space (`docker system df` shows what takes it).'],
  [
    /certificate|self-signed|x509/i,
    "Put your network's certificate authority into /usr/local/share/ca-certificates as NAME.crt.",
  ],
  [
    /resolv|no such host|timed? ?out|unreachable|connection (refused|reset)|EAI_AGAIN|ENOTFOUND/i,
    'Check the network, mirrors and proxies of this machine.',
  ],
  [
    /has checksum|EINTEGRITY|checksum mismatch/,
    'A download does not match its pinned checksum: do not go on before you know why.',
  ],
];

/** One sentence with the fix. */
export function adviseOn(cause: string): string {
  return ADVICE.find(([pattern]) => pattern.test(cause))?.[1] ?? 'Correct the cause that it names.';
}

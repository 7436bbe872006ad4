import { execa } from 'execa';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { composeEnvironment } from './app-image.ts';

/** Causes of a failed `docker compose` that a user can fix. */
const CAUSES: readonly {
  readonly pattern: RegExp;
  readonly describe: (match: RegExpExecArray) => { message: string; fix: string };
}[] = [
  {
    pattern:
      /127\.0\.0\.1:(\d+).*(?:address already in use|port is already allocated)|bind for 127\.0\.0\.1:(\d+) failed/i,
    describe: (match) => ({
      message: `Port ${match[1] ?? match[2] ?? ''} of this machine's loopback is taken by another program.`,
      fix: 'Stop that program, or give the host another loopback port in deploy/model/topology.ts; then run `./holdfast up` again.',
    }),
  },
  {
    pattern: /Pool overlaps with other one|invalid pool request/i,
    describe: () => ({
      message: 'Another Docker network uses addresses of 198.18.0.0/15, which this stack needs.',
      fix: 'Find it with `docker network ls` and remove it; then run `./holdfast up` again.',
    }),
  },
  {
    pattern: /no space left on device/i,
    describe: () => ({
      message: 'The disk of the Docker engine is full.',
      fix: 'Free space (`docker system df` shows what takes it); then run `./holdfast up` again.',
    }),
  },
  {
    pattern: /Cannot connect to the Docker daemon/i,
    describe: () => ({
      message: 'The Docker engine does not respond.',
      fix: 'Start it. `./holdfast doctor` shows how.',
    }),
  },
];

/** Runs `docker compose ARGS` on the stack's file. Throws `compose-failed` with the cause in one sentence. */
export async function runCompose(args: readonly string[], signal?: AbortSignal): Promise<void> {
  try {
    await execa('docker', ['compose', '--file', PATHS.compose, '--progress', 'plain', ...args], {
      cwd: ROOT,
      env: await composeEnvironment(),
      ...(signal === undefined ? {} : { cancelSignal: signal }),
      stdin: 'ignore',
      all: true,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const output = typeof error === 'object' && error !== null && 'all' in error ? String(error.all) : messageOf(error);
    throw explain(output, error);
  }
}

function explain(output: string, cause: unknown): HoldfastError {
  for (const { pattern, describe } of CAUSES) {
    const match = pattern.exec(output);
    if (match === null) continue;
    const { message, fix } = describe(match);
    return new HoldfastError('compose-failed', message, { cause, fix });
  }
  const last = output.trim().split('\n').at(-1) ?? '';
  return new HoldfastError('compose-failed', `Docker Compose failed: ${last}`, {
    cause,
    fix: 'Run `./holdfast doctor`. Hosts that are running keep running.',
  });
}

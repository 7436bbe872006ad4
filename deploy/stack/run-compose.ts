import { execa } from 'execa';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';

/** Causes of a failing `docker compose` that a user can do something about. */
const CAUSES: readonly {
  readonly seen: RegExp;
  readonly say: (match: RegExpExecArray) => { message: string; fix: string };
}[] = [
  {
    seen: /127\.0\.0\.1:(\d+).*(?:address already in use|port is already allocated)|bind for 127\.0\.0\.1:(\d+) failed/i,
    say: (match) => ({
      message: `Port ${match[1] ?? match[2] ?? ''} of this machine's loopback is taken by another program.`,
      fix: 'Stop that program, or give the host another loopback port in deploy/model/topology.ts; then run `./holdfast up` again.',
    }),
  },
  {
    seen: /Pool overlaps with other one|invalid pool request/i,
    say: () => ({
      message: 'Another Docker network uses addresses of 198.18.0.0/15, which this stack needs.',
      fix: 'Find it with `docker network ls` and remove it; then run `./holdfast up` again.',
    }),
  },
  {
    seen: /no space left on device/i,
    say: () => ({
      message: 'The disk of the Docker engine is full.',
      fix: 'Free space (`docker system df` shows what takes it); then run `./holdfast up` again.',
    }),
  },
  {
    seen: /Cannot connect to the Docker daemon/i,
    say: () => ({ message: 'The Docker engine does not answer.', fix: 'Start it; `./holdfast doctor` says how.' }),
  },
];

/** Runs `docker compose ARGS` on the stack's file. Throws `compose-failed` with the cause in one sentence. */
export async function runCompose(args: readonly string[], signal?: AbortSignal): Promise<void> {
  try {
    await execa('docker', ['compose', '--file', PATHS.compose, '--progress', 'plain', ...args], {
      cwd: ROOT,
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
  for (const { seen, say } of CAUSES) {
    const match = seen.exec(output);
    if (match === null) continue;
    const { message, fix } = say(match);
    return new HoldfastError('compose-failed', message, { cause, fix });
  }
  const last = output.trim().split('\n').at(-1) ?? '';
  return new HoldfastError('compose-failed', `Docker Compose failed: ${last}`, {
    cause,
    fix: 'Run `./holdfast doctor`. Hosts that are running keep running.',
  });
}

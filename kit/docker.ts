import Docker from 'dockerode';
import { HoldfastError, messageOf } from './errors.ts';

/** A client of this machine's engine. Opens no connection; calls whose failure the user is told go through {@link callEngine}. */
export function openDocker(): Docker {
  return new Docker();
}

/** What Node says when nobody listens on the engine's socket, or this user may not. */
const NOT_THERE = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES']);

/** Runs a call to the engine. Throws `engine-missing` with the way to get one, or `docker` with what the engine says; `what` follows “could not”. */
export async function callEngine<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code))) {
      throw new HoldfastError('engine-missing', `Could not ${what}: the Docker engine does not answer.`, {
        cause: error,
        fix: 'Start Docker and the stack with `./holdfast up`, or run `./holdfast doctor` to see what is missing.',
      });
    }
    throw new HoldfastError('docker', `Could not ${what}: ${messageOf(error)}`, { cause: error });
  }
}

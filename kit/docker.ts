import Docker from 'dockerode';
import { HoldfastError, messageOf } from './errors.ts';

/** A client of this machine's Docker engine. Opens no connection. Use {@link callEngine} for calls whose errors the user sees. */
export function openDocker(): Docker {
  return new Docker();
}

/** Node's error codes for a missing engine socket, a missing listener, and a lack of permission. */
const UNREACHABLE_CODES = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES']);

/** Runs a call to the engine. Throws `engine-missing` with a fix, or `docker` with the engine's message. `what` is a verb phrase that follows “Could not”. */
export async function callEngine<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && 'code' in error && UNREACHABLE_CODES.has(String(error.code))) {
      throw new HoldfastError('engine-missing', `Could not ${what}: the Docker engine does not answer.`, {
        cause: error,
        fix: 'Start Docker and the stack with `./holdfast up`, or run `./holdfast doctor` to see what is missing.',
      });
    }
    throw new HoldfastError('docker', `Could not ${what}: ${messageOf(error)}`, { cause: error });
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { HoldfastError } from '../../kit/errors.ts';

/** From `docker run` until its container is listed, on a busy machine. */
const STARTING_MS = 3_000;

/** Whether a container exists, running or not. Throws `docker` when the engine does not answer. */
export async function containerExists(name: string): Promise<boolean> {
  const args = ['ps', '--all', '--quiet', '--filter', `name=^${name}$`];
  const { stdout, exitCode, stderr } = await execa('docker', args, { reject: false });
  if (exitCode !== 0) throw new HoldfastError('docker', `Could not check whether ${name} is running: ${stderr}`);
  return stdout !== '';
}

/**
 * Removes the container of a runner that may have been killed. The runner's `docker run` may still be in progress, so a missing container may be about
 * to start.
 */
export async function removeContainer(name: string): Promise<void> {
  if (!(await containerExists(name))) await sleep(STARTING_MS);
  await execa('docker', ['rm', '--force', name], { reject: false });
}

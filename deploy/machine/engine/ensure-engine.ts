/** Ensures that a Docker engine is running: uses, starts or installs it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitFor } from '../../../kit/deadline.ts';
import { HoldfastError } from '../../../kit/errors.ts';
import { PATHS } from '../../../kit/paths.ts';
import { decideEngine } from './decide-engine.ts';
import { installEngine } from './install-engine.ts';
import { readEngine } from './read-engine.ts';
import { startDaemon } from './start-dockerd.ts';

interface EngineOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Measured: 2 s on an idle machine with nothing in the store; a store with containers to restore takes longer. */
const READY_DEADLINE_MS = 60_000;

const LOG = join(PATHS.logs, 'dockerd.log');

/**
 * Returns when an engine responds that is new enough and has Compose and buildx. Safe to repeat: after a reboot it starts the engine
 * again. Throws `engine-missing` if none is installed and none can be installed, `engine-failed` if it does not start.
 */
export async function ensureEngine(options: EngineOptions): Promise<void> {
  // Install, start, use: each step leads to the next one, so three rounds are enough.
  for (let round = 0; round < 3; round += 1) {
    options.signal.throwIfAborted();
    const decision = decideEngine(await readEngine());
    switch (decision.kind) {
      case 'use':
        for (const warning of decision.warnings) options.onProgress(`warning: ${warning}`);
        return;
      case 'refuse':
        throw new HoldfastError('engine-missing', decision.message, { fix: decision.fix });
      case 'install':
        await installEngine(options);
        break;
      case 'start':
        options.onProgress('starting the Docker engine');
        await startEngine(decision.how, options.signal);
        break;
    }
  }
  throw new HoldfastError('engine-failed', 'The Docker engine was installed and started, but it does not respond.', {
    fix: 'Run `./holdfast doctor` to see what is missing.',
  });
}

async function startEngine(how: 'systemd' | 'by-hand', signal: AbortSignal): Promise<void> {
  const ended = how === 'systemd' ? await startBySystemd(signal) : await startDaemon(LOG);
  try {
    await waitFor(async () => (await readEngine()).engineVersion !== undefined, {
      what: 'a response of the Docker engine',
      deadlineMs: READY_DEADLINE_MS,
      signal: AbortSignal.any([signal, ended]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const log = how === 'systemd' ? 'journalctl -u docker' : LOG;
    throw new HoldfastError('engine-failed', `The Docker engine did not start${await lastErrorLine(how)}.`, {
      cause: error,
      fix: `See ${log}.`,
    });
  }
}

/** Starts the engine's unit. If that fails, the returned signal is already aborted. */
async function startBySystemd(signal: AbortSignal): Promise<AbortSignal> {
  const result = await execa('systemctl', ['start', 'docker'], {
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
  });
  return result.failed ? AbortSignal.abort(new Error(result.shortMessage)) : new AbortController().signal;
}

/** The last error in the daemon's log. */
async function lastErrorLine(how: 'systemd' | 'by-hand'): Promise<string> {
  if (how === 'systemd') return '';
  const text = await readFile(LOG, 'utf8').catch(() => '');
  const line = text.split('\n').findLast((candidate) => /failed|error|cannot/i.test(candidate));
  return line === undefined ? '' : `: ${line.trim().slice(0, 300)}`;
}

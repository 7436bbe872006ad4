/** Starts the Docker daemon on a machine that has it installed but not running, and whose init is not systemd. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the daemon leaves its process id; a kill leaves it behind, and the next daemon refuses to start if that id is alive again. */
const PID_FILES: readonly string[] = ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid'];

/**
 * Flags of the daemon. The MTU is the one of the interface that carries the default route: a bridge with a larger one drops large
 * packets silently. `--mtu` covers the default bridge only, `--default-network-opt` the networks made later.
 */
export function renderDaemonFlags(mtu: number): readonly string[] {
  return ['--mtu', String(mtu), '--default-network-opt', `bridge=com.docker.network.driver.mtu=${String(mtu)}`];
}

/** MTU (bytes) of the interface of the default route; 1500 when there is none. */
export async function readDefaultMtu(): Promise<number> {
  try {
    const routes = await readFile('/proc/net/route', 'utf8');
    const device = routes
      .split('\n')
      .map((line) => line.split('\t'))
      .find((fields) => fields[1] === '00000000')?.[0];
    if (device === undefined) return 1500;
    const mtu = Number.parseInt(await readFile(`/sys/class/net/${device}/mtu`, 'utf8'), 10);
    return Number.isInteger(mtu) && mtu >= 576 ? mtu : 1500;
  } catch {
    return 1500;
  }
}

/** True when the process exists and its name starts with `name`. */
async function runsAs(pid: number, name: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${String(pid)}/comm`, 'utf8')).startsWith(name);
  } catch {
    return false;
  }
}

/** Removes process id files whose process is gone or is now something else. */
async function removeStalePidFiles(): Promise<void> {
  for (const file of PID_FILES) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const pid = Number.parseInt(text, 10);
    const name = file.includes('containerd') ? 'containerd' : 'dockerd';
    if (!Number.isInteger(pid) || !(await runsAs(pid, name))) await rm(file, { force: true });
  }
}

/**
 * Starts the daemon in a session of its own, so that it outlives this program; returns at once. The log is appended to `logFile`.
 * The signal aborts when the daemon ends (or cannot be run at all) while this program lives.
 */
export async function startDaemon(logFile: string): Promise<AbortSignal> {
  await removeStalePidFiles();
  await mkdir(dirname(logFile), { recursive: true });
  await using log = await open(logFile, 'a');
  const child = spawn('dockerd', renderDaemonFlags(await readDefaultMtu()), {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = new AbortController();
  child.once('error', (error) => {
    ended.abort(error);
  });
  child.once('exit', (code) => {
    ended.abort(new Error(`dockerd ended with ${code ?? 'a signal'}`));
  });
  child.unref();
  return ended.signal;
}

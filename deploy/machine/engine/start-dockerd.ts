/** Starts the installed Docker daemon on a machine without systemd. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Process ID files of the daemon. After a kill they stay, and the next daemon refuses to start if another process has the ID. */
const PID_FILES: readonly string[] = ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid'];

/**
 * Flags of the daemon. The MTU is that of the interface with the default route: a bridge with a larger one silently drops large packets.
 * `--mtu` applies only to the default bridge, `--default-network-opt` to later networks.
 */
export function renderDaemonFlags(mtu: number): readonly string[] {
  return ['--mtu', String(mtu), '--default-network-opt', `bridge=com.docker.network.driver.mtu=${String(mtu)}`];
}

/** MTU (bytes) of the interface with the default route; 1500 if there is none. */
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

/** True if the process exists and its name starts with `name`. */
async function runsAs(pid: number, name: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${String(pid)}/comm`, 'utf8')).startsWith(name);
  } catch {
    return false;
  }
}

/** Removes process ID files whose process no longer exists or is another program. */
async function removeStalePidFiles(): Promise<void> {
  for (const file of PID_FILES) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const pid = Number.parseInt(text, 10);
    const name = file.includes('containerd') ? 'containerd' : 'dockerd';
    if (!Number.isInteger(pid) || !(await runsAs(pid, name))) await rm(file, { force: true });
  }
}

/**
 * Starts the daemon in its own session, so that it outlives this program, and returns at once. The log is appended to `logFile`.
 * The signal aborts if the daemon ends, or cannot be started, while this program runs.
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

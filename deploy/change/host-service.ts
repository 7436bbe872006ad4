import { execa } from 'execa';
import { containerName, type ExecResult, type Hosts } from '../../kit/hosts.ts';
import { CANDIDATE } from '../stack/host-files.ts';
import { waitUntilMet } from './wait-until-met.ts';

/** A service of a host that did not accept its files. The message names both, and ends with the message of the server. */
export class ServiceFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ServiceFailure';
  }
}

interface Target {
  readonly host: string;
  /** Name of its folder in `/etc/s6`. */
  readonly service: string;
  readonly signal: AbortSignal;
}

/** A reload waits for old workers, for up to 40 s. Another one, of a process that was killed, may still run. */
const RELOAD_TIMEOUT_MS = 120_000;
const LOCK_SECONDS = 60;
/** Exit code of `flock` after {@link LOCK_SECONDS}. */
const LOCKED = 75;

/** From the restart of a service until it and its host are ready. The slowest ones are Zipkin and the replay of Prometheus' log. */
const RESTART_DEADLINE_MS = 120_000;
/** How long `s6-svc` waits for the old process to end. */
const STOP_MS = 60_000;
/** A restarted service that has run for so long has read its files. */
const STABLE_SECONDS = 3;
/** A service that has ended so often since its restart does not start with its files. */
const CRASH_LOOP = 3;

const MESSAGE_LINES = 12;

/** Runs the script `check` of a service, if it has one, on the files in {@link CANDIDATE}. Throws {@link ServiceFailure}. */
export async function checkCandidate(hosts: Hosts, { host, service, signal }: Target): Promise<void> {
  const script = 'test ! -x "$0/check" || exec "$0/check" "$1"';
  const argv = ['sh', '-c', script, folderOf(service), `/etc/holdfast/${CANDIDATE.replace(/^config\//, '')}`];
  const result = await execute(hosts, { host, argv, signal });
  if (result.code === 0) return;
  throw new ServiceFailure(`${service} on ${host} rejects its new configuration: ${messageOf(result)}`);
}

/**
 * Runs the script `reload` of a service, which confirms the reload. Returns the line that the script prints about the process that serves now. Throws
 * {@link ServiceFailure}.
 */
export async function reloadService(hosts: Hosts, { host, service, signal }: Target): Promise<string> {
  const lock = `/run/lock/reload.${service}`;
  const argv = ['flock', '-E', String(LOCKED), '-w', String(LOCK_SECONDS), lock, `${folderOf(service)}/reload`];
  const result = await execute(hosts, { host, argv, signal });
  if (result.code === 0) return result.stdout.trim().split('\n').at(-1) ?? '';
  const message = result.code === LOCKED ? `another reload has not ended within ${LOCK_SECONDS} s.` : messageOf(result);
  throw new ServiceFailure(`${service} on ${host} did not reload: ${message}`);
}

/**
 * Restarts a service, and waits until its new process has run for {@link STABLE_SECONDS} and the host passes its health check. Returns the process ID.
 * Throws {@link ServiceFailure} with the last lines of the host's log if the service does not stay up.
 */
export async function restartService(hosts: Hosts, { host, service, signal }: Target): Promise<string> {
  const folder = folderOf(service);
  const since = new Date().toISOString();
  // A service without configuration so far is down, and `-r` alone would leave it down.
  const script = `s6-svc -u "$0" && exec s6-svc -r -wr -T ${STOP_MS} "$0"`;
  const restarted = await execute(hosts, { host, argv: ['sh', '-c', script, folder], signal });
  const fail = async (reason: string): Promise<ServiceFailure> =>
    new ServiceFailure(`${service} on ${host} did not restart: ${reason}${await readLog(host, since)}`);
  if (restarted.code !== 0) throw await fail(messageOf(restarted));
  const first = await readState(hosts, { host, service, signal });
  let last = first;
  const findUnmet = async (): Promise<string> => {
    last = await readState(hosts, { host, service, signal });
    if (last.exits - first.exits >= CRASH_LOOP) return '';
    if (!last.isUp || last.upSeconds < STABLE_SECONDS) return `${service} has run for ${last.upSeconds} s`;
    const health = await execute(hosts, { host, argv: ['/usr/local/bin/healthy'], signal });
    return health.code === 0 ? '' : `${host} is not healthy: ${messageOf(health)}`;
  };
  const wait = { deadlineMs: RESTART_DEADLINE_MS, signal, onWait: () => undefined };
  const unmet = await waitUntilMet(findUnmet, wait);
  if (unmet !== '') throw await fail(unmet);
  if (last.exits - first.exits >= CRASH_LOOP) throw await fail('it ends after each start');
  return `process ${last.pid} runs`;
}

interface ServiceState {
  readonly isUp: boolean;
  readonly pid: string;
  readonly upSeconds: number;
  /** Number of times that its process has ended since the host was started. */
  readonly exits: number;
}

async function readState(hosts: Hosts, { host, service, signal }: Target): Promise<ServiceState> {
  const script = 's6-svstat -o up,pid,updownfor "$0" && cat "/run/holdfast/exits/${0##*/}"';
  const { stdout } = await execute(hosts, { host, argv: ['sh', '-c', script, folderOf(service)], signal });
  const [isUp, pid = '', upSeconds, exits] = stdout.trim().split(/\s+/);
  return { isUp: isUp === 'true', pid, upSeconds: Number(upSeconds), exits: Number(exits) };
}

interface Execution {
  readonly host: string;
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
}

/** The command continues on the host if `signal` aborts. */
async function execute(hosts: Hosts, { host, argv, signal }: Execution): Promise<ExecResult> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([hosts.exec(host, argv, { timeoutMs: RELOAD_TIMEOUT_MS }), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function folderOf(service: string): string {
  return `/etc/s6/${service}`;
}

/** The beginning of what a program printed: the first error is the cause of others. */
function messageOf({ stdout, stderr, code }: ExecResult): string {
  const lines = linesOf(`${stdout}\n${stderr}`);
  return lines.length === 0 ? `code ${code}.` : lines.slice(0, MESSAGE_LINES).join('\n');
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

/** The last lines that the services of a host have logged; empty if the log cannot be read. */
async function readLog(host: string, since: string): Promise<string> {
  const { stdout, exitCode } = await execa('docker', ['logs', '--since', since, '--tail', '40', containerName(host)], {
    all: true,
    reject: false,
    timeout: 5_000,
  });
  return exitCode === 0 && stdout !== '' ? `\n${linesOf(stdout).slice(-MESSAGE_LINES).join('\n')}` : '';
}

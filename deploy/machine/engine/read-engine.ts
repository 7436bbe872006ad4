/** Reads what there is of Docker on this machine. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { readOsRelease } from '../mirror.ts';
import type { EngineFacts } from './decide-engine.ts';

interface Answer {
  readonly stdout: string | undefined;
  readonly stderr: string;
}

/** An engine that hangs must not hang us: 15 s is far above the second that a loaded one takes. */
async function ask(command: string, args: readonly string[]): Promise<Answer> {
  const result = await execa(command, args, { reject: false, timeout: 15_000, stdin: 'ignore' });
  const stdout = result.failed ? '' : result.stdout.trim();
  return {
    stdout: stdout === '' ? undefined : stdout,
    stderr: result.failed ? result.stderr.trim() || (result.shortMessage ?? '') : '',
  };
}

/** True when `name` is a program on the PATH or in the administrator's folders. */
async function isInstalled(name: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Where the user points the client, when that is not this machine's own socket. */
async function readRemote(): Promise<string | undefined> {
  const host = process.env['DOCKER_HOST'];
  if (host !== undefined && host !== '') return host;
  const { stdout } = await ask('docker', ['context', 'inspect', '--format', '{{.Name}} {{.Endpoints.docker.Host}}']);
  const [name, endpoint] = (stdout ?? 'default').split(' ');
  return name === 'default' ? undefined : endpoint;
}

/** Reads everything that {@link decideEngine} wants to know; never throws. Takes about 0.2 s when the engine answers. */
export async function readEngine(): Promise<EngineFacts> {
  const [engine, compose, buildx, clientInstalled, daemonInstalled, remote, system, systemd] = await Promise.all([
    ask('docker', ['version', '--format', '{{.Server.Version}}']),
    ask('docker', ['compose', 'version', '--short']),
    ask('docker', ['buildx', 'version']),
    isInstalled('docker'),
    isInstalled('dockerd'),
    readRemote(),
    readOsRelease(),
    stat('/run/systemd/system').then(
      () => true,
      () => false,
    ),
  ]);
  const debianPackage = daemonInstalled
    ? await ask('dpkg-query', ['--show', '--showformat', '${Status}', 'docker.io'])
    : undefined;
  return {
    engineVersion: engine.stdout,
    composeVersion: compose.stdout,
    buildxVersion: buildx.stdout,
    refusal: engine.stderr,
    clientInstalled,
    daemonInstalled,
    daemonFromDebian: debianPackage?.stdout?.endsWith(' installed') ?? false,
    remote,
    platform: process.platform,
    distribution: system.id,
    codename: system.codename,
    isRoot: process.getuid?.() === 0,
    systemd,
  };
}

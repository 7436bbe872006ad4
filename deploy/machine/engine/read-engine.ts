/** Reads the facts about Docker on this machine. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { readOsRelease } from '../mirror.ts';
import type { EngineFacts } from './decide-engine.ts';

interface CommandOutput {
  readonly stdout: string | undefined;
  readonly stderr: string;
}

/** Runs a command with a timeout of 15 s, in case the engine hangs. A loaded engine takes about 1 s. */
async function runCommand(command: string, args: readonly string[]): Promise<CommandOutput> {
  const result = await execa(command, args, { reject: false, timeout: 15_000, stdin: 'ignore' });
  const stdout = result.failed ? '' : result.stdout.trim();
  return {
    stdout: stdout === '' ? undefined : stdout,
    stderr: result.failed ? result.stderr.trim() || (result.shortMessage ?? '') : '',
  };
}

/** True if `name` is a program on the PATH or in one of the `sbin` folders. */
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

/** The client's endpoint, if it is not this machine's default socket. */
async function readRemote(): Promise<string | undefined> {
  const host = process.env['DOCKER_HOST'];
  if (host !== undefined && host !== '') return host;
  const { stdout } = await runCommand('docker', [
    'context',
    'inspect',
    '--format',
    '{{.Name}} {{.Endpoints.docker.Host}}',
  ]);
  const [name, endpoint] = (stdout ?? 'default').split(' ');
  return name === 'default' ? undefined : endpoint;
}

/** Reads the input of {@link decideEngine}; never throws. Takes about 0.2 s if the engine responds. */
export async function readEngine(): Promise<EngineFacts> {
  const [engine, compose, buildx, clientInstalled, daemonInstalled, remote, system, systemd] = await Promise.all([
    runCommand('docker', ['version', '--format', '{{.Server.Version}}']),
    runCommand('docker', ['compose', 'version', '--short']),
    runCommand('docker', ['buildx', 'version']),
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
    ? await runCommand('dpkg-query', ['--show', '--showformat', '${Status}', 'docker.io'])
    : undefined;
  return {
    engineVersion: engine.stdout,
    composeVersion: compose.stdout,
    buildxVersion: buildx.stdout,
    connectError: engine.stderr,
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

import { describe, expect, it } from 'vitest';
import { decideEngine, isAtLeast, type EngineFacts } from './decide-engine.ts';

const bare: EngineFacts = {
  engineVersion: undefined,
  composeVersion: undefined,
  buildxVersion: undefined,
  connectError: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  clientInstalled: true,
  daemonInstalled: false,
  daemonFromDebian: false,
  remote: undefined,
  platform: 'linux',
  distribution: 'debian',
  codename: 'bookworm',
  isRoot: true,
  systemd: false,
};
const complete: EngineFacts = {
  ...bare,
  engineVersion: '28.5.2+dfsg4',
  composeVersion: '2.40.3-3',
  buildxVersion: 'github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4',
  connectError: '',
  daemonInstalled: true,
  daemonFromDebian: true,
};

describe('decideEngine', () => {
  it('uses a complete engine without a warning', () => {
    expect(decideEngine(complete)).toEqual({ kind: 'use', warnings: [] });
  });

  it('uses an engine before 28 with a warning about interface names', () => {
    const decision = decideEngine({ ...complete, engineVersion: '26.1.5' });
    expect(decision.kind === 'use' && decision.warnings.join()).toMatch(/26\.1\.5 renames network interfaces/);
  });

  it.each([
    ['installs on Debian 12 as root', {}, 'install'],
    ['does not install as an ordinary user', { isRoot: false }, 'refuse'],
    ['does not install on another distribution', { distribution: 'ubuntu', codename: 'noble' }, 'refuse'],
    ['does not install on an unknown Debian', { codename: 'buster' }, 'refuse'],
    ['does not install when the client uses another machine', { remote: 'ssh://ops@build' }, 'refuse'],
    ['starts an installed engine, by hand without systemd', { daemonInstalled: true }, 'start'],
    [
      'installs the client if only the daemon is installed',
      { daemonInstalled: true, clientInstalled: false },
      'install',
    ],
    ['does not start it as an ordinary user', { daemonInstalled: true, isRoot: false }, 'refuse'],
    [
      'refuses when the user has no access to the socket',
      { connectError: 'permission denied while trying to connect', isRoot: false },
      'refuse',
    ],
    ['refuses on a Mac without Docker Desktop', { platform: 'darwin', distribution: '', codename: '' }, 'refuse'],
  ] as const)('%s', (_name, change, kind) => {
    expect(decideEngine({ ...bare, ...change }).kind).toBe(kind);
  });

  it('starts with systemd if systemd is the init', () => {
    expect(decideEngine({ ...bare, daemonInstalled: true, systemd: true })).toEqual({ kind: 'start', how: 'systemd' });
  });

  it('refuses an engine that is too old, and names the required version', () => {
    const decision = decideEngine({ ...complete, engineVersion: '20.10.24' });
    expect(decision).toMatchObject({ kind: 'refuse', message: expect.stringContaining('25.0') as string });
  });

  it.each([undefined, '1.29.2', '2.23.3'])(
    'refuses Compose %s beside an engine that is not from Debian',
    (composeVersion) => {
      const decision = decideEngine({ ...complete, composeVersion, daemonFromDebian: false });
      expect(decision).toMatchObject({ kind: 'refuse', message: expect.stringContaining('Compose 2.24') as string });
    },
  );

  it("adds the missing plugin to Debian's engine, as after an interrupted installation", () => {
    expect(decideEngine({ ...complete, buildxVersion: undefined }).kind).toBe('install');
  });

  it('always gives a fix when it refuses', () => {
    const decision = decideEngine({ ...bare, distribution: 'fedora', codename: '' });
    expect(decision.kind === 'refuse' && decision.fix.length > 20).toBe(true);
  });
});

describe('isAtLeast', () => {
  it.each([
    ['25.0.0', true],
    ['v28.5.2+dfsg4', true],
    ['24.0.9', false],
    ['nothing', false],
  ])('%s is at least 25.0: %s', (version, expected) => {
    expect(isAtLeast(version, [25, 0])).toBe(expected);
  });
});

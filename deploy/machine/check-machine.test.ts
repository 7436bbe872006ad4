import { describe, expect, it } from 'vitest';
import { judgeMachine, type MachineFacts } from './check-machine.ts';
import { parseRoutes } from './read-machine.ts';
import { makeTopology } from '../model/topology.ts';

const GIB = 1024 ** 3;
const topology = makeTopology();
const fit: MachineFacts = {
  engine: {
    engineVersion: '28.5.2',
    composeVersion: '2.40.3',
    buildxVersion: 'v0.29.1',
    connectError: '',
    clientInstalled: true,
    daemonInstalled: true,
    daemonFromDebian: false,
    remote: undefined,
    platform: 'linux',
    distribution: 'ubuntu',
    codename: 'noble',
    isRoot: true,
    systemd: true,
  },
  cores: 2,
  availableMemory: 8 * GIB,
  freeDisk: 40 * GIB,
  imageCount: 0,
  runningHosts: 0,
  takenPorts: [],
  routes: [{ destination: '0.0.0.0/0', device: 'eth0' }],
  missingLimits: [],
};
const shopPort = topology.hosts.flatMap((host) => host.published)[0]?.loopbackPort ?? 0;
const codes = (change: Partial<MachineFacts>): readonly string[] =>
  judgeMachine({ ...fit, ...change }, topology).map(({ code, severity }) => `${severity} ${code}`);

describe('judgeMachine', () => {
  it('reports no problem of a machine that meets all requirements', () => {
    expect(judgeMachine(fit, topology)).toEqual([]);
  });

  it.each<readonly [string, Partial<MachineFacts>, readonly string[]]>([
    ['too little memory', { availableMemory: 3 * GIB }, ['error memory-short']],
    ['little available memory while the stack runs', { availableMemory: 3 * GIB, runningHosts: 12 }, []],
    ['memory that cannot be read', { availableMemory: undefined }, []],
    ['too little disk for the first build', { freeDisk: 10 * GIB }, ['error disk-short']],
    ['the same disk once the images are built', { freeDisk: 10 * GIB, imageCount: 13 }, []],
    ['a full disk even with built images', { freeDisk: GIB, imageCount: 13 }, ['error disk-short']],
    ['one core', { cores: 1 }, ['warning cores-short']],
    ['a user other than root', { engine: { ...fit.engine, isRoot: false } }, ['error not-root']],
    ['a taken port', { takenPorts: [shopPort] }, ['error port-taken']],
    [
      'limits that the kernel does not support',
      { missingLimits: ['memory', 'pids'] },
      ['warning limits-missing', 'warning limits-missing'],
    ],
    [
      "another Docker network in the stack's range",
      { routes: [{ destination: '198.18.0.0/20', device: 'br-0123456789ab' }] },
      ['error addresses-taken'],
    ],
    [
      "a tunnel that uses the stack's range",
      { routes: [{ destination: '198.18.0.0/15', device: 'tun0' }] },
      ['warning addresses-taken'],
    ],
    ['a route to another range', { routes: [{ destination: '10.0.0.0/8', device: 'tun0' }] }, []],
    [
      'an engine that renames interfaces',
      { engine: { ...fit.engine, engineVersion: '26.1.5' } },
      ['warning engine-old'],
    ],
    [
      'an engine that does not run',
      { engine: { ...fit.engine, engineVersion: undefined, isRoot: true } },
      ['warning engine-stopped'],
    ],
    [
      'no engine',
      { engine: { ...fit.engine, engineVersion: undefined, daemonInstalled: false } },
      ['error engine-unusable'],
    ],
    [
      'no engine on Debian as root',
      {
        engine: {
          ...fit.engine,
          engineVersion: undefined,
          daemonInstalled: false,
          distribution: 'debian',
          codename: 'bookworm',
          isRoot: true,
        },
      },
      ['warning engine-absent'],
    ],
  ])('judges %s', (_what, change, expected) => {
    expect(codes(change)).toEqual(expected);
  });

  it('reports all problems at once, each with its fix, and the host whose port is taken', () => {
    const problems = judgeMachine({ ...fit, takenPorts: [shopPort], freeDisk: GIB, availableMemory: GIB }, topology);
    expect(problems).toHaveLength(3);
    expect(problems.every(({ details }) => (details ?? '').length > 10)).toBe(true);
    expect(problems.find(({ code }) => code === 'port-taken')?.at).toBe('edge1');
  });
});

describe('parseRoutes', () => {
  it("parses the kernel's routing table", () => {
    const text = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'br-0123\t000012C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      '',
    ].join('\n');
    expect(parseRoutes(text)).toEqual([
      { device: 'eth0', destination: '0.0.0.0/0' },
      { device: 'br-0123', destination: '198.18.0.0/24' },
    ]);
  });
});

import { expect, test } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { loadContainerName, renderDockerRun } from './container.ts';
import { allTargets, defaultTargets } from './targets.ts';

const PLAN = {
  ...{ name: loadContainerName('r1'), suite: 'steady' as const, runId: 'r1', directory: '/runs/r1' },
  ...{
    network: 'holdfast_front',
    address: '198.18.0.90',
    clients: '198.18.0.96-198.18.0.127',
    processors: 2,
    rate: 200,
    seconds: 60,
  },
  ...{ targets: allTargets(makeTopology()), user: '65534:65534', hasAuthority: true },
} as const;

test('the load runs as an unprivileged user that can only send requests and write results', () => {
  const args = renderDockerRun(PLAN).join(' ');
  expect(args).toContain('--name holdfast-load-r1 --label org.holdfast=1');
  expect(args).toContain('--network holdfast_front --ip 198.18.0.90 --mac-address 02:42:c6:12:00:5a');
  expect(args).toContain(
    '--cap-drop ALL --security-opt no-new-privileges --cap-add NET_ADMIN --cap-add SETUID --cap-add SETGID --read-only',
  );
  expect(args).toContain('holdfast/load:dev 65534:65534 198.18.0.90 198.18.0.96-198.18.0.127 k6 run');
  expect(args).toContain('--local-ips 198.18.0.96-198.18.0.127');
  expect(args).toContain('dst=/holdfast/k6,readonly');
  expect(args).not.toMatch(/--publish|--privileged|-p /);
  expect(args).toMatch(/\/holdfast\/k6\/suites\/steady\.ts$/);
});

test('k6 uses half of the CPUs, with a higher CPU share than hosts', () => {
  expect(renderDockerRun(PLAN)).toContain('GOMAXPROCS=1');
  expect(renderDockerRun({ ...PLAN, processors: 1 })).toContain('GOMAXPROCS=1');
  expect(renderDockerRun({ ...PLAN, processors: 9 })).toContain('GOMAXPROCS=4');
  expect(renderDockerRun(PLAN).join(' ')).toContain('--cpu-shares 4096');
});

test('k6 sends no usage report, downloads no extensions, and trusts the private authority if there is one', () => {
  const args = renderDockerRun(PLAN);
  expect(args).toContain('K6_NO_USAGE_REPORT=true');
  expect(args).toContain('K6_AUTO_EXTENSION_RESOLUTION=false');
  expect(args).toContain('SSL_CERT_FILE=/results/ca.pem');
  expect(renderDockerRun({ ...PLAN, hasAuthority: false }).join(' ')).not.toContain('SSL_CERT_FILE');
});

test('smoke and maintenance use every public endpoint; other suites use the virtual IP and the edges, each with the other edge as fallback', () => {
  const topology = makeTopology();
  for (const suite of ['smoke', 'maintenance'] as const) {
    const names = defaultTargets(suite, topology).map(({ name }) => name);
    expect(names).toEqual(['virtual-address', 'virtual-address-tls', 'edge1', 'edge2']);
  }
  const [edge1, edge2] = ['http://198.18.0.21:8080', 'http://198.18.0.22:8080'];
  expect(defaultTargets('steady', topology)).toEqual([
    { name: 'virtual-address', url: 'http://198.18.0.10:80' },
    { name: 'edge1', url: edge1, fallbackUrl: edge2 },
    { name: 'edge2', url: edge2, fallbackUrl: edge1 },
  ]);
});

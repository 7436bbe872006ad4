import { afterAll, describe, expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';

const topology = makeTopology();
const hosts = openHosts();
const all = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
const monitors = hostsOf(topology, 'monitor');
const TARGET = 'web2';

/** Samples of one probe: `name{labels}` → value. */
async function probe(target: string, { module = 'host', monitor = monitors[0], timeoutSeconds = '2' } = {}) {
  const exporter = `http://${monitor === undefined ? '' : addressOn(monitor, 'ops')}:${PORTS.exporter}`;
  const response = await fetch(`${exporter}/probe?module=${module}&target=${target}`, {
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': timeoutSeconds },
    signal: AbortSignal.timeout(10_000),
  });
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

async function isUp(target: string): Promise<boolean> {
  return (await probe(target)).get('host_up') === 1;
}

afterAll(async () => {
  await hosts.unpause(TARGET);
  await hosts.start(TARGET);
});

describe.each(monitors.map((monitor) => [monitor.name, monitor] as const))('seen from %s', (_name, monitor) => {
  it.each(all)('%s exposes all its metrics', async (name) => {
    const samples = await probe(name, { monitor });
    expect(samples.get('host_up')).toBe(1);
    const failed = [...samples].filter(
      ([series, value]) => series.startsWith('host_scrape_collector_success') && value !== 1,
    );
    expect(failed).toEqual([]);
    const host = topology.hosts.find((one) => one.name === name);
    expect(samples.get('node_memory_MemTotal_bytes')).toBe((host?.memoryMiB ?? 0) * 1024 * 1024);
    const named = [...samples.keys()].filter((series) => series.startsWith('node_uname_info{'));
    expect(named).toHaveLength(1);
    expect(named[0]).toContain(`nodename="${name}"`);
    const networks = [...samples.keys()]
      .map((series) => /^node_network_receive_bytes_total\{device="(.+)"\}$/.exec(series)?.[1])
      .filter((network) => network !== undefined);
    expect(networks.toSorted()).toEqual(Object.keys(host?.addresses ?? {}).toSorted());
  });
});

describe('a host with a fault', () => {
  it('counts each exit of a process', async () => {
    const series = 'host_service_exits_total{service="toxiproxy"}';
    const before = (await probe(TARGET)).get(series) ?? NaN;
    const { stdout } = await hosts.exec(TARGET, ['s6-svstat', '-o', 'pid', '/etc/s6/toxiproxy']);
    await hosts.exec(TARGET, ['sh', '-c', 'kill -KILL "$1"', 'sh', stdout.trim()]);
    await waitFor(async () => (await probe(TARGET)).get(series) === before + 1, {
      what: 'the process exit to be counted',
      deadlineMs: 10_000,
    });
  });

  it('is exposed as down within the timeout when it is paused, and as up after it is unpaused', async () => {
    await hosts.pause(TARGET);
    const begin = performance.now();
    const paused = await probe(TARGET, { timeoutSeconds: '2' }).finally(() => hosts.unpause(TARGET));
    expect(paused.get('host_up')).toBe(0);
    expect(performance.now() - begin).toBeLessThan(2_000);
    await waitFor(() => isUp(TARGET), { what: 'the host to be up again', deadlineMs: 10_000 });
  });

  it('is exposed as down within the timeout when it is killed, and as up after a restart', async () => {
    await hosts.kill(TARGET);
    const begin = performance.now();
    const killed = await probe(TARGET).finally(() => hosts.start(TARGET));
    expect(killed.get('host_up')).toBe(0);
    expect(performance.now() - begin).toBeLessThan(2_000);
    await waitFor(() => isUp(TARGET), { what: 'the host to be up again', deadlineMs: 60_000 });
    const boot = (await probe(TARGET)).get('node_boot_time_seconds') ?? 0;
    expect(Math.abs(Date.now() / 1_000 - boot)).toBeLessThan(60);
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';

const topology = makeTopology();
const hosts = openHosts();
const all = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
const monitors = hostsOf(topology, 'monitor');
const BROKEN = 'web2';

/** Samples of one look: `name{labels}` → value. */
async function look(target: string, { module = 'host', monitor = monitors[0], timeoutSeconds = '2' } = {}) {
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
  return (await look(target)).get('host_up') === 1;
}

afterAll(async () => {
  await hosts.unpause(BROKEN);
  await hosts.start(BROKEN);
});

describe.each(monitors.map((monitor) => [monitor.name, monitor] as const))('seen from %s', (_name, monitor) => {
  it.each(all)('%s tells everything of itself', async (name) => {
    const samples = await look(name, { monitor });
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

describe('a host in trouble', () => {
  it('counts each end of a process', async () => {
    const series = 'host_service_exits_total{service="toxiproxy"}';
    const before = (await look(BROKEN)).get(series) ?? NaN;
    const { stdout } = await hosts.exec(BROKEN, ['s6-svstat', '-o', 'pid', '/etc/s6/toxiproxy']);
    await hosts.exec(BROKEN, ['sh', '-c', 'kill -KILL "$1"', 'sh', stdout.trim()]);
    await waitFor(async () => (await look(BROKEN)).get(series) === before + 1, {
      what: 'the end of the process counted',
      deadlineMs: 10_000,
    });
  });

  it('is told as down in time when it is frozen, and as up when it goes on', async () => {
    await hosts.pause(BROKEN);
    const begin = performance.now();
    const frozen = await look(BROKEN, { timeoutSeconds: '2' }).finally(() => hosts.unpause(BROKEN));
    expect(frozen.get('host_up')).toBe(0);
    expect(performance.now() - begin).toBeLessThan(2_000);
    await waitFor(() => isUp(BROKEN), { what: 'the host up again', deadlineMs: 10_000 });
  });

  it('is told as down in time when it is dead, and as up when it was started', async () => {
    await hosts.kill(BROKEN);
    const begin = performance.now();
    const dead = await look(BROKEN).finally(() => hosts.start(BROKEN));
    expect(dead.get('host_up')).toBe(0);
    expect(performance.now() - begin).toBeLessThan(2_000);
    await waitFor(() => isUp(BROKEN), { what: 'the host up again', deadlineMs: 60_000 });
    const boot = (await look(BROKEN)).get('node_boot_time_seconds') ?? 0;
    expect(Math.abs(Date.now() / 1_000 - boot)).toBeLessThan(60);
  });
});

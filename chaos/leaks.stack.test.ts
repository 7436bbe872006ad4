import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mailListSchema } from '../deploy/mail/mailbox-api.ts';
import { SECRETS } from '../deploy/secrets.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress } from '../deploy/topology.ts';
import { waitFor } from '../kit/deadline.ts';
import { containerName, openHosts } from '../kit/hosts.ts';
import { PATHS } from '../kit/paths.ts';
import { pathOf } from './drill/command.ts';
import { makeDrillAlert } from './drill/drill-alert.ts';
import { runDrill } from './drill/run-drill.ts';
import { fetchJson, fetchText } from './probes/http.ts';

const topology = makeTopology();
const hosts = openHosts();
const names = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
const [monitor] = hostsOf(topology, 'monitor');
const [trace] = hostsOf(topology, 'trace');
if (monitor === undefined || trace === undefined) throw new Error('a host is missing');
const urlOf = (host: typeof monitor, port: number): string => `http://${addressOn(host, 'ops')}:${port}`;

/** Enough of a secret to know it by: MySQL's replication has but the first 32 characters of its password. */
const NEEDLE_LENGTH = 32;

/** What nobody may find, by the name of its secret: of a private key the first line of its body. */
async function readNeedles(): Promise<ReadonlyMap<string, string>> {
  const secret = SECRETS.filter(({ name }) => !name.endsWith('-cert'));
  const texts = await Promise.all(secret.map(({ name }) => readFile(join(PATHS.secrets, name), 'utf8')));
  return new Map(
    secret.map(({ name }, at) => {
      const text = texts[at] ?? '';
      const body = /PRIVATE KEY-----\n([\w+/=]+)/.exec(text)?.[1] ?? text.trim();
      return [name, body.slice(0, NEEDLE_LENGTH)];
    }),
  );
}

const needles = await readNeedles();

/** The secrets that stand in a text. */
function found(text: string): readonly string[] {
  return [...needles].flatMap(([name, needle]) => (text.includes(needle) ? [name] : []));
}

async function inHost(host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await hosts.exec(host, ['sh', '-c', script]);
  expect(code, stderr).toBe(0);
  return stdout;
}

describe('no secret is found', () => {
  it('where none is, but one is where it may be read', async () => {
    for (const needle of needles.values()) expect(needle).toHaveLength(NEEDLE_LENGTH);
    const read = async (name: string): Promise<readonly string[]> => {
      const { stdout } = await hosts.exec(monitor.name, ['cat', `/run/holdfast/secrets/${name}`], { user: 'notifier' });
      return found(stdout);
    };
    expect(await read('smtp-password')).toEqual(['smtp-password']);
    expect(await read('db-monitor-password')).toEqual([]);
  });

  it.each(names)('in what %s has logged, nor in the arguments of its processes', async (name) => {
    const { all } = await execa('docker', ['logs', containerName(name)], { all: true, maxBuffer: 2 ** 30 });
    expect(all.length).toBeGreaterThan(0);
    expect(found(all)).toEqual([]);
    const argv = await inHost(name, String.raw`cat /proc/[0-9]*/cmdline | tr '\0' ' '`);
    expect(argv).toContain('s6-svscan');
    expect(found(argv)).toEqual([]);
  });

  it('in what any target exposes', async () => {
    const schema = z.object({ data: z.object({ activeTargets: z.array(z.object({ scrapeUrl: z.string() })) }) });
    const { data } = await fetchJson(`${urlOf(monitor, PORTS.prometheus)}/api/v1/targets?state=active`, schema);
    // Each monitor asks some things of itself, over loopback.
    const urls = data.activeTargets.map(({ scrapeUrl }) =>
      scrapeUrl.replace('//127.0.0.1:', `//${addressOn(monitor, 'ops')}:`),
    );
    expect(urls.length).toBeGreaterThan(names.length);
    for (const url of urls) {
      const text = await fetchText(url, { timeoutMs: 15_000 });
      expect(text, url).toMatch(/^# TYPE /m);
      expect(found(text), url).toEqual([]);
    }
  });

  it('in the labels that Prometheus keeps', async () => {
    const text = await fetchText(`${urlOf(monitor, PORTS.prometheus)}/api/v1/series?match[]={job=~".%2B"}`, {
      timeoutMs: 30_000,
    });
    expect(text).toContain('"job":"mysql"');
    expect(found(text)).toEqual([]);
  });

  it('in any mail', async () => {
    const { mailboxUrl: url, alertmanagers } = pathOf(topology);
    const alert = makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id: `drill-${randomUUID()}` });
    await runDrill({
      ...{ alert, mailboxUrl: url, alertmanagers, signal: AbortSignal.timeout(150_000), onStep: () => undefined },
      deadlineMs: 60_000,
    });
    const mails = await fetchJson(`${url}/api/messages?since=0`, mailListSchema);
    expect(mails.length).toBeGreaterThan(0);
    for (const { id } of mails) expect(found(await fetchText(`${url}/api/messages/${id}`)), id).toEqual([]);
  });

  it('in any trace', async () => {
    const text = await fetchText(`${urlOf(trace, PORTS.zipkin)}/api/v2/traces?limit=1000&lookback=86400000`, {
      timeoutMs: 30_000,
    });
    expect(text).toContain('"traceId"');
    expect(found(text)).toEqual([]);
  });

  it('in the log lines beside any trace', async () => {
    const linesOf = (id: string): Promise<Response> =>
      fetch(`${urlOf(trace, PORTS.logbookPage)}/api/logs/${id}`, { signal: AbortSignal.timeout(5_000) });
    // One whose trace is kept, by its id.
    const own = `${randomBytes(10).toString('hex')}${'0'.repeat(12)}`;
    const { host, port } = routeAddress(topology, 'http');
    await fetch(`http://${host}:${port}/api/products/1`, {
      headers: { traceparent: `00-${own}-${randomBytes(8).toString('hex')}-00` },
      signal: AbortSignal.timeout(10_000),
    });
    await waitFor(async () => (await linesOf(own)).ok, { what: `log lines of the trace ${own}`, deadlineMs: 10_000 });
    const traces = await fetchJson(
      `${urlOf(trace, PORTS.zipkin)}/api/v2/traces?limit=200&lookback=86400000`,
      z.array(z.array(z.object({ traceId: z.string() }))),
      { timeoutMs: 30_000 },
    );
    for (const id of new Set([own, ...traces.flat().map(({ traceId }) => traceId)])) {
      expect(found(await (await linesOf(id)).text()), id).toEqual([]);
    }
  });
});

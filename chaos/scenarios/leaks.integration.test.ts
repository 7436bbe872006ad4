import type { StackContext } from '../../deploy/observe/observation.ts';
import { randomInt, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mailListSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { SECRETS } from '../../deploy/model/secrets.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { containerName, openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { pathOf } from '../drill/command.ts';
import { makeDrillAlert } from '../drill/drill-alert.ts';
import { runDrill } from '../drill/run-drill.ts';
import { toxiproxyTimeout } from '../faults/toxiproxy-timeout.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { fetchJson, fetchText } from '../../deploy/observe/http.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const hosts = openHosts();
const world: StackContext = { topology, hosts };
const names = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
const [monitor] = hostsOf(topology, 'monitor');
const [trace] = hostsOf(topology, 'trace');
const [app] = hostsOf(topology, 'app');
if (monitor === undefined || trace === undefined || app === undefined) throw new Error('a host is missing');
const urlOf = (host: Host, port: number): string => `http://${addressOn(host, 'ops')}:${port}`;

/** Length of the prefix of a secret to search for: MySQL's replication stores only the first 32 characters of its password. */
const NEEDLE_LENGTH = 32;

/** The texts to search for, by the name of their secret. For a private key, it is from the first line of its body. */
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

/** The names of the secrets that a text contains. */
function found(text: string): readonly string[] {
  return [...needles].flatMap(([name, needle]) => (text.includes(needle) ? [name] : []));
}

async function inHost(host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await hosts.exec(host, ['sh', '-c', script]);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** The response of the trace log store for a trace, with or without log lines. */
const linesOf = async (id: string): Promise<string> => {
  const response = await fetch(`${urlOf(trace, PORTS.traceLogsPage)}/api/logs/${id}`, {
    signal: AbortSignal.timeout(5_000),
  });
  return await response.text();
};

/**
 * Makes requests fail on one application host until one has failed, and waits for its log line. The application logs only this line for a request. It
 * contains the error, so it is the likely place of a leaked secret. Returns the trace ID.
 */
async function failOnce(host: string): Promise<string> {
  const options = { world, journal: openJournal(PATHS.journal), leaseMs: 120_000 };
  const where = { hosts: [host] };
  await using reads = await openFault(toxiproxyTimeout({ ...where, dependency: 'db-read' }, 0), options);
  await using writes = await openFault(toxiproxyTimeout({ ...where, dependency: 'db-write' }, 0), options);
  expect([reads.effect, writes.effect]).toMatchObject([{ seen: true }, { seen: true }]);
  return await waitFor(
    async () => {
      const own = await requestUncachedProduct();
      if (own === undefined) return undefined;
      await waitFor(async () => (await linesOf(own)).includes('"service":"application"'), {
        what: `a line of the application in the trace ${own}`,
        deadlineMs: 5_000,
      });
      return own;
    },
    { what: 'a failed request with a log line of the application', deadlineMs: 60_000 },
  );
}

/** Requests a product that is not cached. Returns the trace ID if the request fails. */
async function requestUncachedProduct(): Promise<string | undefined> {
  const { host, port } = routeAddress(topology, 'http');
  const response = await fetch(`http://${host}:${port}/api/products/${randomInt(1_000_000, 2_000_000_000)}`, {
    signal: AbortSignal.timeout(10_000),
  });
  await response.text();
  return response.status >= 500 ? (response.headers.get('x-trace-id') ?? undefined) : undefined;
}

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

describe('no secret is found', () => {
  it('where it must not be, although the search finds secrets where they may be', async () => {
    for (const needle of needles.values()) expect(needle).toHaveLength(NEEDLE_LENGTH);
    const read = async (name: string): Promise<readonly string[]> => {
      const { stdout } = await hosts.exec(monitor.name, ['cat', `/run/holdfast/secrets/${name}`], { user: 'notifier' });
      return found(stdout);
    };
    expect(await read('smtp-password')).toEqual(['smtp-password']);
    expect(await read('db-monitor-password')).toEqual([]);
  });

  it.each(names)('in the log of %s or the arguments of its processes', async (name) => {
    const { all } = await execa('docker', ['logs', containerName(name)], { all: true, maxBuffer: 2 ** 30 });
    expect(all.length).toBeGreaterThan(0);
    expect(found(all)).toEqual([]);
    const argv = await inHost(name, String.raw`cat /proc/[0-9]*/cmdline | tr '\0' ' '`);
    expect(argv).toContain('s6-svscan');
    expect(found(argv)).toEqual([]);
  });

  it('in the metrics of any target', async () => {
    const schema = z.object({ data: z.object({ activeTargets: z.array(z.object({ scrapeUrl: z.string() })) }) });
    const { data } = await fetchJson(`${urlOf(monitor, PORTS.prometheus)}/api/v1/targets?state=active`, schema);
    // Each monitor scrapes some targets on itself over loopback.
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

  it('in the labels in Prometheus', async () => {
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

  it('in the log lines of any trace', async () => {
    const own = await failOnce(app.name);
    const traces = await fetchJson(
      `${urlOf(trace, PORTS.zipkin)}/api/v2/traces?limit=200&lookback=86400000`,
      z.array(z.array(z.object({ traceId: z.string() }))),
      { timeoutMs: 30_000 },
    );
    for (const id of new Set([own, ...traces.flat().map(({ traceId }) => traceId)])) {
      expect(found(await linesOf(id)), id).toEqual([]);
    }
  });
});

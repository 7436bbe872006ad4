import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOST } from '../catalog/host.ts';
import { collect } from '../kit/collect.ts';
import { factsOf } from '../kit/facts.ts';
import type { Facts } from '../kit/facts.ts';
import { makeHostExporter } from './exporter.ts';

const NETWORKS = new Map([
  ['198.18.0.0/24', 'front'],
  ['198.18.1.0/24', 'app'],
  ['198.18.2.0/24', 'data'],
  ['198.18.3.0/24', 'ops'],
]);
const { collectors } = makeHostExporter(NETWORKS);
const [V1, V2] = ['cgroup-v1', 'cgroup-v2'].map((name) =>
  readFileSync(join(import.meta.dirname, `samples/${name}.txt`), 'utf8'),
) as [string, string];

/** Samples (`name label=value` → value) and failures of a collection. */
async function collectFrom(text: string) {
  const exporter = {
    prefix: 'host',
    metrics: HOST,
    open: (facts: Facts) => Promise.resolve(facts),
    collectors,
  };
  const { signal } = new AbortController();
  const { samples, failures } = await collect(exporter, factsOf(text, 'a host'), {
    deadlineMs: 1_000,
    maxSeries: 1_000,
    signal,
  });
  const values = samples
    .filter(({ name }) => !name.includes('_scrape_'))
    .map(({ name, labels = {}, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return [pairs.length === 0 ? name : `${name} ${pairs.join(' ')}`, value] as const;
    });
  return { values: Object.fromEntries(values), failures };
}

describe('a response of a host with control groups of version 2', () => {
  it('yields these metrics', async () => {
    const { values, failures } = await collectFrom(V2);
    expect(failures).toEqual({});
    expect(values).toMatchSnapshot();
  });

  it('yields no limits where neither processor time nor tasks are limited', async () => {
    const text = V2.replace(/==> \S+cpu.max <==\n.*\n\n/, '')
      .replace(/nr_periods[^=]*burst_usec 0\n/, '')
      .replace('201326592', 'max')
      .replace('\n512\n', '\nmax\n');
    const { values, failures } = await collectFrom(text);
    expect(failures).toEqual({});
    expect(values).toMatchObject({
      host_cpu_cores: 3,
      host_cpu_periods_total: 0,
      node_memory_MemTotal_bytes: 24684096 * 1024,
    });
    expect(values).not.toHaveProperty('host_tasks_limit');
  });
});

describe('a response of a host with control groups of version 1', () => {
  it('yields these metrics', async () => {
    const { values, failures } = await collectFrom(V1);
    expect(failures).toEqual({});
    expect(values).toMatchSnapshot();
  });
});

it('a host whose kernel has no connection tracking and no file for the machine type exposes all other metrics', async () => {
  const { values, failures } = await collectFrom(
    V2.replace(/==> \S+nf_conntrack_count <==\n.*\n\n/, '')
      .replace(/==> \S+nf_conntrack_max <==\n.*\n\n/, '')
      .replace(/==> \S+kernel\/arch <==\n.*\n\n/, ''),
  );
  expect(failures).toEqual({});
  const names = Object.keys(values);
  expect(names.filter((name) => name.includes('conntrack'))).toEqual([]);
  expect(names.filter((name) => name.startsWith('node_uname_info'))).toEqual([
    'node_uname_info sysname=Linux release=6.18.44 version=#1 SMP PREEMPT_DYNAMIC @0 machine= nodename=web1 domainname=(none)',
  ]);
});

describe('a damaged response', () => {
  it('fails only the collector that needs the missing file', async () => {
    const { values, failures } = await collectFrom(V1.replace('==> /proc/net/snmp <==', '==> /proc/net/else <=='));
    expect(failures).toEqual({ network: '/proc/net/snmp is missing in the response of a host.' });
    expect(values).toHaveProperty('host_tasks');
  });

  it('fails a collector that reads an invalid number', async () => {
    const { failures } = await collectFrom(V2.replace('nr_throttled 10', 'nr_throttled many'));
    expect(failures).toEqual({ cpu: 'nr_throttled is not a number.' });
  });

  it('fails the collector of file systems when these hang, without exposing old values', async () => {
    const { values, failures } = await collectFrom(V2.replace('3393.78', '3300.00'));
    expect(failures).toEqual({ filesystem: 'The file systems have not answered for 100 s.' });
    expect(Object.keys(values).filter((name) => name.startsWith('node_filesystem'))).toEqual([]);
  });

  it.each([
    ['version 1', V1],
    ['version 2', V2],
  ])('fails collectors only and yields finite values, for any damage: %s', async (_name, sample) => {
    const damaged = fc
      .tuple(fc.nat(sample.length), fc.nat(200), fc.string({ maxLength: 50 }))
      .map(([at, removed, instead]) => sample.slice(0, at) + instead + sample.slice(at + removed));
    await fc.assert(
      fc.asyncProperty(damaged, async (text) => {
        const { values } = await collectFrom(text);
        for (const value of Object.values(values)) expect(Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

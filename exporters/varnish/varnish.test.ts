import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { VARNISH } from '../catalog/varnish.ts';
import { differencesFromUpstream, parseExposition } from '../compare-upstream.ts';
import { collect } from '../kit/collect.ts';
import { factsOf } from '../kit/facts.ts';
import { VARNISH_EXPORTER, viewOf } from './exporter.ts';
import { parseActiveVcl } from './parse-active-vcl.ts';
import { parseVarnishstat } from './parse-varnishstat.ts';

/** Response of an edge whose configuration had just been reloaded and whose origin was unhealthy. */
const AFTER_RELOAD = readFileSync(join(import.meta.dirname, 'samples/reloaded.txt'), 'utf8');
/** From the same counters. In upstream, backend names contain the name of a configuration that is not called `reload_…`. */
const UPSTREAM = parseExposition(
  readFileSync(join(import.meta.dirname, 'samples/upstream-1.6.1.prom'), 'utf8')
    .replace(/^.*\{backend="origin".*\n/gm, '')
    .replaceAll('"two.origin"', '"origin"'),
);
const { signal } = new AbortController();

function collectFrom(text: string) {
  const exporter = { ...VARNISH_EXPORTER, open: () => Promise.resolve(viewOf(factsOf(text, 'edge1'))) };
  return collect(exporter, undefined, { deadlineMs: 1_000, maxSeries: 1_000, signal });
}

async function valuesFrom(text: string) {
  const { samples, failures } = await collectFrom(text);
  const values = samples
    .filter(({ name }) => !name.includes('_scrape_'))
    .map(({ name, labels = {}, value }) => [[name, ...Object.values(labels)].join(' '), value] as const);
  return { values, failures };
}

describe('the response of an edge about its Varnish', () => {
  it('yields these metrics', async () => {
    const { values, failures } = await valuesFrom(AFTER_RELOAD);
    expect(failures).toEqual({});
    expect(Object.fromEntries(values)).toMatchSnapshot();
  });

  it('yields the same series as prometheus_varnish_exporter', async () => {
    const { samples } = await collectFrom(AFTER_RELOAD);
    // An uptime that restarts at 0 is a gauge, not a counter.
    const ourTypes = ['varnish_main_uptime'];
    const exposed = samples.filter(({ name }) => !name.startsWith('varnish_scrape_'));
    expect(exposed.length).toBeGreaterThan(60);
    expect(differencesFromUpstream(UPSTREAM, exposed, { own: [], metrics: VARNISH, ourTypes })).toEqual([]);
  });

  it('yields each backend once after a reload, from the active configuration', async () => {
    const backends = (text: string) =>
      valuesFrom(text).then(({ values }) =>
        values.filter(([series]) => series === 'varnish_backend_up origin unknown'),
      );
    expect(AFTER_RELOAD).toContain('VBE.boot.origin.happy');
    expect(AFTER_RELOAD).toContain('VBE.two.origin.happy');
    expect(await backends(AFTER_RELOAD)).toEqual([['varnish_backend_up origin unknown', 0]]);
  });

  it.each([
    ['has always been healthy', '18446744073709551615', 1],
    ['has just become unhealthy', '18446744073709551614', 0],
    ['has just become healthy', '1', 1],
  ])('yields the health of a backend that %s', async (_title, bits, value) => {
    const text = AFTER_RELOAD.replace(
      /("VBE\.two\.origin\.happy": \{[^}]*"value": )\d+/,
      (_match, before: string) => before + bits,
    );
    const { values } = await valuesFrom(text);
    expect(values).toContainEqual(['varnish_backend_up origin unknown', value]);
  });

  it.each([
    ['the worker process is not running', AFTER_RELOAD.replace('MAIN.uptime', 'MAIN.other'), 'no worker process'],
    [
      'varnishadm gets no answer',
      AFTER_RELOAD.replace(/==> vcl.list[^]*/, ''),
      'The response of edge1 contains no complete file',
    ],
    ['no configuration is active', AFTER_RELOAD.replaceAll('"active"', '"available"'), 'no active configuration'],
    [
      'there are no counters',
      '==> varnishstat <==\n{}\n==> vcl.list <==\n[]\n==> /etc/hostname <==\nedge1\n',
      'no counters',
    ],
  ])('yields down when %s', async (_title, text, failure) => {
    const { values, failures } = await valuesFrom(text).catch((error: unknown) => ({
      values: [],
      failures: { open: String(error) },
    }));
    expect(failures['open']).toContain(failure);
    expect(values).toEqual([['varnish_up', 0]]);
  });

  it('makes the parsers throw if it is garbage', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (garbage) => {
        expect(() => parseVarnishstat(garbage)).toThrow();
        expect(() => parseActiveVcl(garbage)).toThrow();
      }),
    );
  });
});

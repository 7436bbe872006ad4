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

/** Taken from an edge whose configuration had just been loaded again, and whose origin was ill. */
const RELOADED = readFileSync(join(import.meta.dirname, 'samples/reloaded.txt'), 'utf8');
/** Taken from the same numbers; a configuration that is not called `reload_…` is part of its backends' names there. */
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

async function lookAt(text: string) {
  const { samples, failures } = await collectFrom(text);
  const values = samples
    .filter(({ name }) => !name.includes('_scrape_'))
    .map(({ name, labels = {}, value }) => [[name, ...Object.values(labels)].join(' '), value] as const);
  return { values, failures };
}

describe('what an edge says of its Varnish', () => {
  it('becomes these metrics', async () => {
    const { values, failures } = await lookAt(RELOADED);
    expect(failures).toEqual({});
    expect(Object.fromEntries(values)).toMatchSnapshot();
  });

  it('becomes the same series as in prometheus_varnish_exporter', async () => {
    const { samples } = await collectFrom(RELOADED);
    // An age that begins anew is no counter.
    const ourTypes = ['varnish_main_uptime'];
    const shown = samples.filter(({ name }) => !name.startsWith('varnish_scrape_'));
    expect(shown.length).toBeGreaterThan(60);
    expect(differencesFromUpstream(UPSTREAM, shown, { own: [], metrics: VARNISH, ourTypes })).toEqual([]);
  });

  it('has each backend once after a reload, as the active configuration sees it', async () => {
    const backends = (text: string) =>
      lookAt(text).then(({ values }) => values.filter(([series]) => series === 'varnish_backend_up origin unknown'));
    expect(RELOADED).toContain('VBE.boot.origin.happy');
    expect(RELOADED).toContain('VBE.two.origin.happy');
    expect(await backends(RELOADED)).toEqual([['varnish_backend_up origin unknown', 0]]);
  });

  it.each([
    ['has been well since ever', '18446744073709551615', 1],
    ['has just become ill', '18446744073709551614', 0],
    ['has just become well', '1', 1],
  ])('says whether a backend is well that %s', async (_title, bits, value) => {
    const text = RELOADED.replace(
      /("VBE\.two\.origin\.happy": \{[^}]*"value": )\d+/,
      (_match, before: string) => before + bits,
    );
    const { values } = await lookAt(text);
    expect(values).toContainEqual(['varnish_backend_up origin unknown', value]);
  });

  it.each([
    ['the process that serves is gone', RELOADED.replace('MAIN.uptime', 'MAIN.other'), 'no process that serves'],
    ['it does not answer', RELOADED.replace(/==> vcl.list[^]*/, ''), 'edge1 said nothing that can be used'],
    ['no configuration is active', RELOADED.replaceAll('"active"', '"available"'), 'no active configuration'],
    [
      'there are no counters',
      '==> varnishstat <==\n{}\n==> vcl.list <==\n[]\n==> /etc/hostname <==\nedge1\n',
      'no counters',
    ],
  ])('is that it is down when %s', async (_title, text, failure) => {
    const { values, failures } = await lookAt(text).catch((error: unknown) => ({
      values: [],
      failures: { open: String(error) },
    }));
    expect(failures['open']).toContain(failure);
    expect(values).toEqual([['varnish_up', 0]]);
  });

  it('may be anything: that throws, and makes no numbers up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (garbage) => {
        expect(() => parseVarnishstat(garbage)).toThrow();
        expect(() => parseActiveVcl(garbage)).toThrow();
      }),
    );
  });
});

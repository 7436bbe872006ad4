import type { Metric } from './catalog/metric.ts';
import type { Sample } from './kit/exporter.ts';

/** A parsed answer of an upstream exporter: type by metric, value by series. */
export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly series: ReadonlyMap<string, number>;
}

export interface UpstreamOptions {
  /** Metrics with the prefix of the upstream exporter that are ours. */
  readonly own: readonly string[];
  /** The catalogue's entries, for their types. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Metrics with a different type on purpose. */
  readonly ourTypes?: readonly string[];
  /** The two samples were taken one after the other: values are not compared. */
  readonly isLater?: boolean;
}

/** Reads the classic text format; labels are sorted by name. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) types.set(typed, type);
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name !== undefined) series.set(keyOf(name, labelsOf(labels)), Number(value));
  }
  return { types, series };
}

/** Differences from the upstream exporter for the same server: unknown names, types, series that only one has, values. */
export function differencesFromUpstream(
  upstream: Exposition,
  samples: readonly Sample[],
  { own, metrics, ourTypes = [], isLater = false }: UpstreamOptions,
): readonly string[] {
  const shared = samples.filter(({ name }) => !own.includes(name));
  const names = new Set(shared.map(({ name }) => name));
  const ours = new Map(shared.map(({ name, labels = {}, value }) => [keyOf(name, labels), value]));
  const unknown = [...names].filter((name) => !upstream.types.has(name));
  const known = new Set([...names].filter((name) => upstream.types.has(name)));
  return [
    ...unknown.map((name) => `${name}: upstream has no such metric`),
    ...[...known].flatMap((name) => {
      const [theirs = '', type = ''] = [upstream.types.get(name), metrics[name]?.type];
      const isSame = theirs === type || theirs === 'untyped' || ourTypes.includes(name);
      return isSame ? [] : [`${name}: ${type}, upstream ${theirs}`];
    }),
    ...[...upstream.series.keys()]
      .filter((key) => known.has(nameOf(key)) && !ours.has(key))
      .map((key) => `${key}: only upstream has it`),
    ...[...ours].flatMap(([key, value = NaN]) => {
      if (!known.has(nameOf(key))) return [];
      const theirs = upstream.series.get(key);
      if (theirs === undefined) return [`${key}: upstream does not have it`];
      return isLater || isClose(theirs, value) ? [] : [`${key}: ${value}, upstream ${theirs}`];
    }),
  ];
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  // To Prometheus a label with an empty value is the same as a missing label.
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .sort();
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function nameOf(key: string): string {
  return key.replace(/\{.*/s, '');
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, label = '', value = '']) => [
      label,
      value.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
    ]),
  );
}

/** The samples hold large numbers with seven digits only. */
function isClose(one: number, other: number): boolean {
  return one === other || Math.abs(one - other) <= 1e-6 * Math.max(Math.abs(one), Math.abs(other));
}

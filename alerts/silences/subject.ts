import type { Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { DOMAINS, type Domain } from '../alert.ts';
import type { AlertName } from '../names.ts';

/** Subject of a silence: one host, a failure domain, or single alerts, of one host, a failure domain or a service. */
export type Subject =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'domain'; readonly name: Domain }
  | {
      readonly kind: 'alerts';
      readonly names: readonly AlertName[];
      readonly host: string | undefined;
      readonly domain?: Domain;
    };

/** A matcher in Alertmanager's API. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isEqual: boolean;
  readonly isRegex: boolean;
}

/** Parses the name of a host or failure domain. Throws `usage` with the known ones, nearest first. */
export function parseSubject(topology: Topology, text: string): Subject {
  const domain = DOMAINS.find((name) => name === text);
  if (domain !== undefined) return { kind: 'domain', name: domain };
  const hosts = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
  if (hosts.includes(text)) return { kind: 'host', name: text };
  throw new HoldfastError('usage', `There is no host or failure domain ${text}.`, {
    fix: `Known: ${nearest(text, [...hosts, ...DOMAINS]).join(', ')}.`,
  });
}

/** Matchers for the alerts of a subject. SLO alerts are excluded: maintenance must not affect users. The watchdog and drills are too: they test alert delivery. */
export function matchersOf(subject: Subject): readonly Matcher[] {
  if (subject.kind === 'alerts') {
    const { names, host, domain } = subject;
    return [
      { name: 'alertname', value: names.join('|'), isEqual: true, isRegex: true },
      ...(host === undefined ? [] : [{ name: 'host', value: host, isEqual: true, isRegex: false }]),
      ...(domain === undefined ? [] : [{ name: 'domain', value: domain, isEqual: true, isRegex: false }]),
      { name: 'drill', value: '', isEqual: true, isRegex: false },
    ];
  }
  const { kind, name } = subject;
  return [
    { name: kind, value: name, isEqual: true, isRegex: false },
    { name: 'slo', value: '', isEqual: true, isRegex: false },
    { name: 'alertname', value: 'Watchdog', isEqual: false, isRegex: false },
    { name: 'drill', value: '', isEqual: true, isRegex: false },
  ];
}

/** A key that is equal for equal matchers in any order. */
export function keyOf(matchers: readonly Matcher[]): string {
  return matchers
    .map(({ name, value, isEqual, isRegex }) => `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : '='}${value}`)
    .toSorted()
    .join(',');
}

import type { Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { DOMAINS, type Domain } from '../alert.ts';

/** What is worked on: one host, or everything of a failure domain. */
export type Subject =
  { readonly kind: 'host'; readonly name: string } | { readonly kind: 'domain'; readonly name: Domain };

/** As Alertmanager's API wants it. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isEqual: boolean;
  readonly isRegex: boolean;
}

/** Throws `usage` with the known hosts and domains, nearest first. */
export function parseSubject(topology: Topology, word: string): Subject {
  const domain = DOMAINS.find((name) => name === word);
  if (domain !== undefined) return { kind: 'domain', name: domain };
  const hosts = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
  if (hosts.includes(word)) return { kind: 'host', name: word };
  throw new HoldfastError('usage', `There is no host or failure domain ${word}.`, {
    fix: `Known: ${nearest(word, [...hosts, ...DOMAINS]).join(', ')}.`,
  });
}

/** Whose alerts are silenced. Objectives are not: work that users feel is no maintenance. Nor are the watchdog and drills: they say whether alerts arrive. */
export function matchersOf({ kind, name }: Subject): readonly Matcher[] {
  return [
    { name: kind, value: name, isEqual: true, isRegex: false },
    { name: 'slo', value: '', isEqual: true, isRegex: false },
    { name: 'alertname', value: 'Watchdog', isEqual: false, isRegex: false },
    { name: 'drill', value: '', isEqual: true, isRegex: false },
  ];
}

/** The same text for the same matchers, whatever their order. */
export function keyOf(matchers: readonly Matcher[]): string {
  return matchers
    .map(({ name, value, isEqual, isRegex }) => `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : '='}${value}`)
    .toSorted()
    .join(',');
}

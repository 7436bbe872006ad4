import type { INHIBITIONS } from '../deploy/tiers/monitor/inhibitions.ts';
import type { Problem } from '../kit/problem.ts';
import { ALERTS, labelsOf } from './names.ts';

type Inhibitions = typeof INHIBITIONS;

/** Everything that is wrong with what mutes what, all at once. */
export function checkInhibitions(inhibitions: Inhibitions): readonly Problem[] {
  return [...inhibitions.flatMap(checkEdge), ...checkCycles(inhibitions)];
}

function checkEdge({ causes, symptoms, equal }: Inhibitions[number]): readonly Problem[] {
  const at = `${causes.join('|')} → ${symptoms.join('|')}`;
  const names = [...causes, ...symptoms];
  const unknown = names.filter((name) => !(name in ALERTS));
  return [
    ...unknown.map((name) => problem('unknown-alert', `There is no alert ${name}.`, at)),
    ...causes
      .filter((name) => symptoms.includes(name))
      .map((name) => problem('mutes-itself', `${name} is its own cause: one host would mute another.`, at)),
    // A label that neither has is equal: the edge would mute everything.
    ...names.flatMap((name) =>
      equal
        .filter((label) => name in ALERTS && !labelsOf(name as keyof typeof ALERTS).includes(label))
        .map((label) => problem('unknown-label', `${name} has no label ${label}, by which the two are matched.`, at)),
    ),
  ];
}

/** A symptom that mutes its cause leaves nothing to mail. */
function checkCycles(inhibitions: Inhibitions): readonly Problem[] {
  const mutes = (name: string): readonly string[] =>
    inhibitions.filter(({ causes }) => causes.includes(name)).flatMap(({ symptoms }) => symptoms);
  const reaches = (from: string, to: string, seen: ReadonlySet<string> = new Set()): boolean =>
    mutes(from).some((next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))));
  return [...new Set(inhibitions.flatMap(({ causes }) => causes))]
    .filter((name) => !mutes(name).includes(name) && reaches(name, name))
    .map((name) => problem('cycle', `${name} is muted by what it mutes: nobody would be told.`, name));
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}

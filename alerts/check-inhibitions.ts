import type { INHIBITIONS } from '../deploy/tiers/monitor/inhibitions.ts';
import type { Problem } from '../kit/problem.ts';
import { ALERTS, labelsOf } from './names.ts';

type Inhibitions = typeof INHIBITIONS;

/** Returns all problems of the inhibition rules. */
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
      .map((name) => problem('mutes-itself', `${name} is its own cause: one host would inhibit another.`, at)),
    // A label that neither alert has counts as equal, so the rule would inhibit everything.
    ...names.flatMap((name) =>
      equal
        .filter((label) => name in ALERTS && !labelsOf(name as keyof typeof ALERTS).includes(label))
        .map((label) => problem('unknown-label', `${name} has no label ${label}, which the rule compares.`, at)),
    ),
  ];
}

/** If a symptom also inhibited its cause, neither would be mailed. */
function checkCycles(inhibitions: Inhibitions): readonly Problem[] {
  const inhibitedBy = (name: string): readonly string[] =>
    inhibitions.filter(({ causes }) => causes.includes(name)).flatMap(({ symptoms }) => symptoms);
  const reaches = (from: string, to: string, seen: ReadonlySet<string> = new Set()): boolean =>
    inhibitedBy(from).some((next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))));
  return [...new Set(inhibitions.flatMap(({ causes }) => causes))]
    .filter((name) => !inhibitedBy(name).includes(name) && reaches(name, name))
    .map((name) =>
      problem('cycle', `${name} is inhibited by an alert that it inhibits: neither would be mailed.`, name),
    );
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}

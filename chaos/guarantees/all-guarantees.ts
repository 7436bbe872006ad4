import type { Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { ABUSE_GUARANTEES } from './abuse.ts';
import { cacheDown, cacheSlow } from './dependency.ts';
import type { Guarantee } from './guarantee.ts';
import { MAINTENANCE_GUARANTEES } from './maintenance.ts';
import { appCrash, dbPrimaryCrash, lbActiveCrash } from './spof.ts';
import { watchGuarantees } from './watch.ts';

/** The guarantees that `prove` checks by default, in this order. */
export const GUARANTEES: readonly Guarantee[] = [lbActiveCrash, appCrash, dbPrimaryCrash, cacheSlow, cacheDown];

/** All guarantees: the default ones, those against abuse and about maintenance, and one for each crash of a host or process. */
export function allGuarantees(topology: Topology): readonly Guarantee[] {
  return [...GUARANTEES, ...ABUSE_GUARANTEES, ...MAINTENANCE_GUARANTEES, ...watchGuarantees(topology)];
}

/** The guarantees of these ids and areas (`spof`), each once; throws `usage` with the known ones, nearest first. */
export function chooseGuarantees(topology: Topology, wanted: readonly string[]): readonly Guarantee[] {
  if (wanted.length === 0) return GUARANTEES;
  const all = allGuarantees(topology);
  const areas = [...new Set(all.map(areaOf))];
  const known = [...areas, ...all.map(({ id }) => id)];
  const wrong = wanted.find((word) => !known.includes(word));
  if (wrong !== undefined) {
    throw new HoldfastError('usage', `There is no guarantee ${wrong}.`, {
      fix: `Known guarantees: ${nearest(wrong, known).slice(0, SHOWN).join(', ')} … All of them: \`./holdfast prove --list\`.`,
    });
  }
  return all.filter((guarantee) => wanted.includes(guarantee.id) || wanted.includes(areaOf(guarantee)));
}

/** Maximum number of suggestions in an error. */
const SHOWN = 8;

/** The part of an id before the slash. */
function areaOf({ id }: Guarantee): string {
  return id.split('/', 1)[0] ?? id;
}

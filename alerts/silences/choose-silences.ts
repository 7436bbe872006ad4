import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { isOurs, type Silence } from './silence.ts';

/**
 * Returns the IDs of the selected silences. `names`: IDs, or hosts and failure domains that were silenced with `silence add`. Silences of other tools
 * are selected by ID only, not by host, domain or `all`. Throws `usage` for an unknown name.
 */
export function chooseSilences(
  current: readonly Silence[],
  { names, all }: { readonly names: readonly string[]; readonly all: boolean },
): readonly string[] {
  if (all === names.length > 0) {
    throw new HoldfastError('usage', all ? 'Names and --all cannot be combined.' : 'No silence given.', {
      fix: 'Name a host, a failure domain or a silence ID, or use --all.',
    });
  }
  if (all) return current.filter(isOurs).map(({ id }) => id);
  return [...new Set(names.flatMap((name) => matchingIds(name, current)))];
}

function matchingIds(name: string, current: readonly Silence[]): readonly string[] {
  const matching = current.filter((silence) => silence.id === name || namesOf(silence).includes(name));
  if (matching.length > 0) return matching.map(({ id }) => id);
  const known = [...new Set(current.flatMap((silence) => [...namesOf(silence), silence.id]))];
  throw new HoldfastError('usage', `There is no active silence ${name}.`, {
    fix: known.length === 0 ? 'No silence is active.' : `Active: ${nearest(name, known).join(', ')}.`,
  });
}

/** Hosts and failure domains of a silence made by `silence add`; empty for silences of other tools. */
function namesOf(silence: Silence): readonly string[] {
  if (!isOurs(silence)) return [];
  return silence.matchers.flatMap(({ name, value, isEqual }) =>
    isEqual && ['host', 'domain'].includes(name) ? [value] : [],
  );
}

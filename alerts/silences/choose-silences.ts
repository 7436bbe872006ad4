import { HoldfastError } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { isOurs, type Silence } from './silence.ts';

/**
 * The ids of the silences that are meant. `words`: ids, or hosts and failure domains that `silence add` was told; of those what others made is left
 * alone, as it is by `all`. Throws `usage` for a word that means none.
 */
export function chooseSilences(
  current: readonly Silence[],
  { words, all }: { readonly words: readonly string[]; readonly all: boolean },
): readonly string[] {
  if (all === words.length > 0) {
    throw new HoldfastError('usage', all ? 'Names and --all cannot be combined.' : 'No silence given.', {
      fix: 'Name a host, a failure domain or a silence ID, or use --all.',
    });
  }
  if (all) return current.filter(isOurs).map(({ id }) => id);
  return [...new Set(words.flatMap((word) => meantBy(word, current)))];
}

function meantBy(word: string, current: readonly Silence[]): readonly string[] {
  const meant = current.filter((silence) => silence.id === word || namesOf(silence).includes(word));
  if (meant.length > 0) return meant.map(({ id }) => id);
  const known = [...new Set(current.flatMap((silence) => [...namesOf(silence), silence.id]))];
  throw new HoldfastError('usage', `There is no active silence ${word}.`, {
    fix: known.length === 0 ? 'No silence is active.' : `Active: ${nearest(word, known).join(', ')}.`,
  });
}

/** What `silence add` was told; nothing of what others made. */
function namesOf(silence: Silence): readonly string[] {
  if (!isOurs(silence)) return [];
  return silence.matchers.flatMap(({ name, value, isEqual }) =>
    isEqual && ['host', 'domain'].includes(name) ? [value] : [],
  );
}

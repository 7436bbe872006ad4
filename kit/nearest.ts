/** The known words, sorted by similarity to `word`, as suggestions for an unknown name. Ties keep their order. */
export function nearest(word: string, known: readonly string[]): readonly string[] {
  const lowerCase = word.toLowerCase();
  return known
    .map((name) => ({ name, distance: distanceBetween(lowerCase, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
}

/** Edits (insert, delete, replace, swap of neighbours) per character; reduced if `name` begins with or contains `word`. */
function distanceBetween(word: string, name: string): number {
  const edits = countEdits(word, name) / Math.max(word.length, name.length, 1);
  if (word === '' || !name.includes(word)) return edits;
  return edits / (name.startsWith(word) ? 4 : 2);
}

/** Optimal string alignment distance. */
function countEdits(a: string, b: string): number {
  let before: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current: number[] = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? at(before, j - 2) + 1 : Infinity;
      current.push(Math.min(at(previous, j) + 1, at(current, j - 1) + 1, replaced, swapped));
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

/** A set of GTIDs: `uuid` or `uuid:tag` → intervals, sorted, not touching. Immutable. */
export type GtidSet = ReadonlyMap<string, readonly Interval[]>;
type Interval = readonly [first: number, last: number];

/** Nothing executed, nothing received. */
export const EMPTY_GTID_SET: GtidSet = new Map();

/**
 * Parses MySQL's format (`@@gtid_executed`): `uuid:1-3:7,uuid:tag:1-2`, with optional white space.
 * Throws a `SyntaxError` on anything else, because a partly understood set must not influence a failover.
 */
export function parseGtidSet(text: string): GtidSet {
  const found = new Map<string, Interval[]>();
  for (const part of text.replaceAll(/\s/g, '').toLowerCase().split(',')) {
    if (part === '') continue;
    const [uuid = '', ...rest] = part.split(':');
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) || rest.length === 0) {
      throw new SyntaxError(`not a GTID set: ${part}`);
    }
    let source = uuid;
    for (const item of rest) {
      if (/^[a-z_][a-z0-9_]{0,31}$/.test(item)) {
        source = `${uuid}:${item}`;
        continue;
      }
      found.set(source, [...(found.get(source) ?? []), parseInterval(item)]);
    }
  }
  return new Map([...found].map(([source, intervals]) => [source, merge(intervals)]));
}

function parseInterval(text: string): Interval {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 1 || last < first) {
    throw new SyntaxError(`not a GTID interval: ${text}`);
  }
  return [first, last];
}

function merge(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const [first, last] of intervals.toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) {
      merged[merged.length - 1] = [previous[0], Math.max(previous[1], last)];
    } else {
      merged.push([first, last]);
    }
  }
  return merged;
}

/** The union of the sets. */
export function uniteGtidSets(sets: readonly GtidSet[]): GtidSet {
  const all = new Map<string, Interval[]>();
  for (const set of sets) {
    for (const [source, intervals] of set) all.set(source, [...(all.get(source) ?? []), ...intervals]);
  }
  return new Map([...all].map(([source, intervals]) => [source, merge(intervals)]));
}

/** Whether `small` is a subset of `large`. */
export function containsGtidSet(large: GtidSet, small: GtidSet): boolean {
  for (const [source, intervals] of small) {
    const having = large.get(source) ?? [];
    if (!intervals.every(([first, last]) => having.some((one) => one[0] <= first && last <= one[1]))) return false;
  }
  return true;
}

/** In MySQL's format. */
export function renderGtidSet(set: GtidSet): string {
  return [...set]
    .map(([source, intervals]) => {
      const written = intervals.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
      return `${source}:${written.join(':')}`;
    })
    .toSorted()
    .join(',');
}

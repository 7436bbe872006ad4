import { HoldfastError } from '../../kit/errors.ts';
import type { Member } from './member.ts';
import type { Silence } from './silence.ts';

/** Test members that gossip immediately, unless they are partitioned or down. */
export function fakeMembers(names: readonly string[]) {
  const stores = new Map(names.map((name) => [name, new Map<string, Silence>()]));
  const down = new Set<string>();
  const partitioned = new Set<string>();
  let count = 0;
  const gossip = (from: string, silence: Silence): void => {
    for (const [name, store] of stores) {
      if (name === from || (!partitioned.has(from) && !partitioned.has(name))) store.set(silence.id, silence);
    }
  };
  const members = names.map((name): Member => {
    const store = (): Map<string, Silence> => {
      if (down.has(name)) throw new HoldfastError('http', `Alertmanager on ${name}: no answer`);
      return stores.get(name) ?? new Map<string, Silence>();
    };
    return {
      name,
      list: () => Promise.resolve().then(() => [...store().values()]),
      put: (spec) =>
        Promise.resolve().then(() => {
          const known = store();
          if (spec.id !== undefined && !known.has(spec.id)) throw new HoldfastError('http', 'status 404');
          const id = spec.id ?? `silence-${(count += 1)}`;
          gossip(name, { ...spec, id, matchers: [...spec.matchers], status: { state: 'active' } });
          return id;
        }),
      expire: (id) =>
        Promise.resolve().then(() => {
          const silence = store().get(id);
          if (silence === undefined) throw new HoldfastError('http', 'status 404');
          gossip(name, { ...silence, status: { state: 'expired' } });
        }),
    };
  });
  return { members, down, partitioned };
}

import { HoldfastError } from '../../kit/errors.ts';
import type { Member } from './member.ts';
import type { Silence } from './silence.ts';

/** Of tests: members that gossip at once, unless they are cut off from each other or do not answer. */
export function fakeMembers(names: readonly string[]) {
  const stores = new Map(names.map((name) => [name, new Map<string, Silence>()]));
  const dead = new Set<string>();
  const cutOff = new Set<string>();
  let made = 0;
  const tell = (from: string, silence: Silence): void => {
    for (const [name, store] of stores) {
      if (name === from || (!cutOff.has(from) && !cutOff.has(name))) store.set(silence.id, silence);
    }
  };
  const members = names.map((name): Member => {
    const store = (): Map<string, Silence> => {
      if (dead.has(name)) throw new HoldfastError('http', `Alertmanager on ${name}: no answer`);
      return stores.get(name) ?? new Map<string, Silence>();
    };
    return {
      name,
      list: () => Promise.resolve().then(() => [...store().values()]),
      put: (order) =>
        Promise.resolve().then(() => {
          const known = store();
          if (order.id !== undefined && !known.has(order.id)) throw new HoldfastError('http', 'status 404');
          const id = order.id ?? `silence-${(made += 1)}`;
          tell(name, { ...order, id, matchers: [...order.matchers], status: { state: 'active' } });
          return id;
        }),
      expire: (id) =>
        Promise.resolve().then(() => {
          const silence = store().get(id);
          if (silence === undefined) throw new HoldfastError('http', 'status 404');
          tell(name, { ...silence, status: { state: 'expired' } });
        }),
    };
  });
  return { members, dead, cutOff };
}

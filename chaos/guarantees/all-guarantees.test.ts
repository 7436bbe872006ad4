import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { allGuarantees, chooseGuarantees, GUARANTEES } from './all-guarantees.ts';

const topology = makeTopology();
const idsOf = (wanted: readonly string[]): readonly string[] => chooseGuarantees(topology, wanted).map(({ id }) => id);

describe('the guarantees', () => {
  it('have ids of their own, in an area', () => {
    const ids = allGuarantees(topology).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
  });

  it('are the reference ones when none is named', () => {
    expect(idsOf([])).toEqual(GUARANTEES.map(({ id }) => id));
  });

  it('are those of an area, and each only once', () => {
    expect(idsOf(['dependency', 'dependency/cache-down'])).toEqual(['dependency/cache-slow', 'dependency/cache-down']);
  });

  it('watch the crash of every host that runs, and the death of every process', () => {
    const ids = idsOf(['watch']);
    for (const { name, enabled } of topology.hosts) expect(ids.includes(`watch/${name}-crash`)).toBe(enabled);
    expect(ids).toContain('watch/web1-toxiproxy-kill');
    expect(ids).not.toContain('watch/lb1-toxiproxy-kill');
  });

  it('are told, nearest first, to who misspells one', () => {
    expect(() => idsOf(['watch/lb1-crsh'])).toThrow(HoldfastError);
    try {
      idsOf(['watch/lb1-crsh']);
    } catch (error) {
      expect((error as HoldfastError).fix).toContain('Known guarantees: watch/lb1-crash');
    }
  });
});

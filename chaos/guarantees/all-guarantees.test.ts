import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { allGuarantees, chooseGuarantees, GUARANTEES } from './all-guarantees.ts';

const topology = makeTopology();
const idsOf = (wanted: readonly string[]): readonly string[] => chooseGuarantees(topology, wanted).map(({ id }) => id);

describe('the guarantees', () => {
  it('have unique IDs of the form area/name', () => {
    const ids = allGuarantees(topology).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
  });

  it('are the default ones when none is given', () => {
    expect(idsOf([])).toEqual(GUARANTEES.map(({ id }) => id));
  });

  it('of a given area are chosen once each', () => {
    expect(idsOf(['dependency', 'dependency/cache-down'])).toEqual(['dependency/cache-slow', 'dependency/cache-down']);
  });

  it('cover the crash of every enabled host and the kill of every process', () => {
    const ids = idsOf(['watch']);
    for (const { name, enabled } of topology.hosts) expect(ids.includes(`watch/${name}-crash`)).toBe(enabled);
    expect(ids).toContain('watch/web1-toxiproxy-kill');
    expect(ids).not.toContain('watch/lb1-toxiproxy-kill');
  });

  it('are suggested, nearest first, for a misspelled ID', () => {
    expect(() => idsOf(['watch/lb1-crsh'])).toThrow(HoldfastError);
    try {
      idsOf(['watch/lb1-crsh']);
    } catch (error) {
      expect((error as HoldfastError).fix).toContain('Known guarantees: watch/lb1-crash');
    }
  });
});

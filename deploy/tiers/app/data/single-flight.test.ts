import { expect, it } from 'vitest';
import { SingleFlight } from './single-flight.ts';

it('runs work once for all concurrent callers, and again for a later caller', async () => {
  const flights = new SingleFlight<number>();
  let runs = 0;
  const work = (): Promise<number> => Promise.resolve((runs += 1));
  expect(await Promise.all([flights.do('a', work), flights.do('a', work), flights.do('b', work)])).toEqual([1, 1, 2]);
  expect(await flights.do('a', work)).toBe(3);
});

it('rejects all concurrent callers of failed work, and runs it again for the next one', async () => {
  const flights = new SingleFlight<number>();
  const fail = (): Promise<number> => Promise.reject(new Error('away'));
  await expect(Promise.all([flights.do('a', fail), flights.do('a', fail)])).rejects.toThrow('away');
  expect(await flights.do('a', () => Promise.resolve(1))).toBe(1);
});

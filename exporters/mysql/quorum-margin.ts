/**
 * How many more members a node can lose and still have more than half of its view: 1 of three that are all there, 0 of two or of three with one
 * unreachable (one failure away from an outage), −1 where it takes part in no majority.
 */
export function decideQuorumMargin(states: readonly string[]): number {
  const there = states.filter((state) => state === 'ONLINE' || state === 'RECOVERING').length;
  if (there === 0) return -1;
  const needed = Math.floor(states.length / 2) + 1;
  return there - needed < 0 ? -1 : there - needed;
}

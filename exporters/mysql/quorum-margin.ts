/**
 * Number of further members whose failure leaves this node in a majority of its view: 1 with three reachable of three; 0 with two of two or two
 * of three (one failure away from an outage); −1 without a majority.
 */
export function decideQuorumMargin(states: readonly string[]): number {
  const reachable = states.filter((state) => state === 'ONLINE' || state === 'RECOVERING').length;
  if (reachable === 0) return -1;
  const needed = Math.floor(states.length / 2) + 1;
  return reachable - needed < 0 ? -1 : reachable - needed;
}

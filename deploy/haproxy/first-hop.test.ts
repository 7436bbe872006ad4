import { expect, test } from 'vitest';
import { makeTopology } from '../topology.ts';
import { renderFirstHop } from './first-hop.ts';

const topology = makeTopology();

function linesOf(scheme: 'http' | 'https' = 'http'): readonly string[] {
  return renderFirstHop(topology, { proxies: ['192.0.2.1'], scheme, checkPath: '/healthz', requestIdBytes: 8 });
}

/** The place of the first line with `text`. */
function placeOf(text: string): number {
  return linesOf().findIndex((line) => line.includes(text));
}

test('a text that calls itself another major version than HTTP/1 gets 505, before its method or Host count', () => {
  expect(linesOf().find((line) => line.includes('status 505'))).toContain(
    ' if { fc_http_major 1 } !{ req.ver -m beg 1. }',
  );
  expect(placeOf('status 505')).toBeLessThan(placeOf('status 405'));
});

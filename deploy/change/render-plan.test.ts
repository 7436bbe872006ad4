import { expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../model/topology.ts';
import { renderPlan, toJson } from './render-plan.ts';
import type { PlannedHost } from './plan.ts';

const topology = makeTopology();
const [lb1, lb2] = hostsOf(topology, 'lb');

function planned(change: Partial<PlannedHost>): PlannedHost {
  if (lb1 === undefined) throw new Error('there is no load balancer');
  return { host: lb1, files: [], action: 'nothing', reasons: [], ...change };
}

it('a line has the services that change, and at most three reasons', () => {
  const reasons = ['haproxy.cfg', 'errors/400.html', 'errors/405.html', 'errors/421.html', 'errors/429.http'];
  const changes = [
    planned({
      action: 'reload',
      reasons: reasons.map((path) => `${path} changed`),
      services: [{ service: 'haproxy', how: 'reload' }],
    }),
    planned({ ...(lb2 === undefined ? {} : { host: lb2 }), action: 'replace', reasons: ['new image'] }),
  ];
  expect(renderPlan(changes, topology).split('\n').slice(0, 2)).toEqual([
    'lb1  reload   haproxy: haproxy.cfg changed, errors/400.html changed, errors/405.html changed and 2 more',
    'lb2  replace  new image',
  ]);
});

it('what is exposed is stated once per tier, with the time of the whole', () => {
  const changes = hostsOf(topology, 'web').map((host) => planned({ host, action: 'replace', reasons: ['new image'] }));
  const text = renderPlan(changes, topology);
  expect(text).toContain('  web: 1 of 2 web hosts, about 4 s per host');
  expect(text).toContain('One host at a time, about 8 s in all.');
  expect(renderPlan([planned({ action: 'update', reasons: ['app1 healthy.list changed'] })], topology)).not.toContain(
    'about',
  );
});

it('JSON has all reasons and services', () => {
  const services = [{ service: 'lb-state', how: 'restart' }] as const;
  expect(toJson(planned({ action: 'restart', reasons: ['a', 'b', 'c', 'd'], services }), topology)).toEqual({
    ...{ host: 'lb1', tier: 'lb', action: 'restart', services, reasons: ['a', 'b', 'c', 'd'] },
    predicted: { exposes: '1 of 2 load balancers; the virtual addresses move once', seconds: 16 },
  });
});

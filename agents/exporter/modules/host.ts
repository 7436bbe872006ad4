import { addressOn, hostsOf, PORTS, type Host } from '../../../deploy/model/topology.ts';
import { makeHostExporter } from '../../../exporters/host/exporter.ts';
import type { Door } from '../../../exporters/kit/ask-door.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { VARNISH_EXPORTER } from '../../../exporters/varnish/exporter.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** What hosts tell at the doors on their legs in the network of the operators: the kernel's files of each, Varnish's numbers of the edges. */
export const hostModules: ModuleMaker = ({ topology, log }) => {
  // A host says everything in milliseconds; one that does not is dead or frozen.
  const answerMs = topology.profile.watch.scrapeIntervalMs / 2;
  const doors = (hosts: readonly Host[], port: number): ReadonlyMap<string, Door> =>
    new Map(hosts.map((host) => [host.name, { address: addressOn(host, 'ops'), port, host: host.name, answerMs }]));
  const networks = new Map(Object.values(topology.networks).map(({ subnet, name }) => [subnet, name]));
  const enabled = topology.hosts.filter((host) => host.enabled);
  return [
    makeModule('host', { exporter: makeHostExporter(networks), targets: doors(enabled, PORTS.facts), log }),
    makeModule('varnish', {
      exporter: VARNISH_EXPORTER,
      targets: doors(hostsOf(topology, 'edge'), PORTS.varnishFacts),
      log,
    }),
  ];
};

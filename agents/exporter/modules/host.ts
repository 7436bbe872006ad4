import { makeHostExporter } from '../../../exporters/host/exporter.ts';
import type { Door } from '../../../exporters/kit/read-host-facts.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { VARNISH_EXPORTER } from '../../../exporters/varnish/exporter.ts';
import type { ExporterConfig } from '../config.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** What hosts tell at the doors on their legs in the network of the operators: the kernel's files of each, Varnish's numbers of the edges. */
export const hostModules: ModuleMaker = ({ config, log }) => {
  const { answerMs, networks, hostFacts, varnish } = config;
  const doors = (targets: ExporterConfig['hostFacts']): ReadonlyMap<string, Door> =>
    new Map(targets.map((target) => [target.host, { ...target, answerMs }]));
  return [
    makeModule('host', {
      exporter: makeHostExporter(new Map(Object.entries(networks))),
      targets: doors(hostFacts),
      log,
    }),
    makeModule('varnish', { exporter: VARNISH_EXPORTER, targets: doors(varnish), log }),
  ];
};

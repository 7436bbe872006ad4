import { makeHostExporter } from '../../../exporters/host/exporter.ts';
import type { HostFactsEndpoint } from '../../../exporters/kit/read-host-facts.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { VARNISH_EXPORTER } from '../../../exporters/varnish/exporter.ts';
import type { ExporterConfig } from '../config.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** The host-metrics endpoints in the ops network: kernel files of each host, and Varnish counters of the edges. */
export const hostModules: ModuleMaker = ({ config, log }) => {
  const { answerMs, networks, hostFacts, varnish } = config;
  const endpoints = (targets: ExporterConfig['hostFacts']): ReadonlyMap<string, HostFactsEndpoint> =>
    new Map(targets.map((target) => [target.host, { ...target, answerMs }]));
  return [
    makeModule('host', {
      exporter: makeHostExporter(new Map(Object.entries(networks))),
      targets: endpoints(hostFacts),
      log,
    }),
    makeModule('varnish', { exporter: VARNISH_EXPORTER, targets: endpoints(varnish), log }),
  ];
};

import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { makeOperationsExporter } from '../../../exporters/operations/exporter.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** Drains, changes and experiments, from files of this monitor. They are about the stack as a whole, so each Prometheus reads its own copy. */
export const operationsModules: ModuleMaker = ({ config: { operations }, log }) => [
  makeModule('operations', {
    exporter: makeOperationsExporter(Date.now),
    targets: new Map([['stack', operations]]),
    log,
  }),
];

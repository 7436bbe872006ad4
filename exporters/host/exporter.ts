import { HOST } from '../catalog/host.ts';
import { readHostFacts, type HostFactsEndpoint } from '../kit/read-host-facts.ts';
import type { Facts } from '../kit/facts.ts';
import type { Exporter } from '../kit/exporter.ts';
import { CPU } from './cpu.ts';
import { DISK } from './disk.ts';
import { FILESYSTEM } from './filesystem.ts';
import { MACHINE } from './machine.ts';
import { MEMORY } from './memory.ts';
import { networkCollector, type Networks } from './network.ts';
import { SERVICES } from './services.ts';

/** Collects from the host-metrics endpoint: one connection per scrape, and each collector uses its part of the response. */
export function makeHostExporter(networks: Networks): Exporter<HostFactsEndpoint, Facts> {
  return {
    prefix: 'host',
    metrics: HOST,
    open: readHostFacts,
    collectors: [CPU, MEMORY, DISK, networkCollector(networks), SERVICES, FILESYSTEM, MACHINE],
  };
}

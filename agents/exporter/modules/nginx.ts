import { addressOn, hostsOf, PORTS } from '../../../deploy/model/topology.ts';
import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { NGINX_EXPORTER } from '../../../exporters/nginx/exporter.ts';
import { connectMsOf, type ModuleMaker } from '../module-maker.ts';

/** The Nginx of each web host. */
export const nginxModules: ModuleMaker = ({ topology, log }) => {
  const targets = new Map(
    hostsOf(topology, 'web').map((host) => [
      host.name,
      { address: addressOn(host, 'ops'), port: PORTS.nginxStatus, answerMs: connectMsOf(topology) },
    ]),
  );
  return [makeModule('nginx', { exporter: NGINX_EXPORTER, targets, log })];
};

import { makeModule } from '../../../exporters/kit/probe-server.ts';
import { NGINX_EXPORTER } from '../../../exporters/nginx/exporter.ts';
import type { ModuleMaker } from '../module-maker.ts';

/** The Nginx of each web host. */
export const nginxModules: ModuleMaker = ({ config: { nginx, connectMs }, log }) => {
  const targets = new Map(nginx.map(({ host, address, port }) => [host, { address, port, answerMs: connectMs }]));
  return [makeModule('nginx', { exporter: NGINX_EXPORTER, targets, log })];
};

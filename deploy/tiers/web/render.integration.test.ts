import { expect, it } from 'vitest';
import { checkInImage } from '../../images/check-in-image.ts';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { renderWeb } from './render.ts';

const IMAGE = process.env['HOLDFAST_WEB_IMAGE'] ?? 'holdfast/web:dev';
const COMMAND = '/etc/boot.d/50-web && nginx -t -c /etc/holdfast/nginx.conf';
const topology = makeTopology();

it.each(hostsOf(topology, 'web').map((host) => [host.name, host] as const))(
  'Nginx accepts the configuration of %s',
  async (_name, host) => {
    const { exitCode, output } = await checkInImage(IMAGE, renderWeb(topology, host), { command: COMMAND });
    expect(output).not.toMatch(/\[(warn|error|emerg)\]/);
    expect(exitCode).toBe(0);
  },
);

it('Nginx rejects a configuration with an unknown directive, so its check is valid', async () => {
  const [host] = hostsOf(topology, 'web');
  const files = host === undefined ? [] : renderWeb(topology, host);
  const broken = files.map((file) => ({ ...file, text: file.text.replace('proxy_pass', 'proxy_push') }));
  expect((await checkInImage(IMAGE, broken, { command: COMMAND })).exitCode).not.toBe(0);
});

it('every asset of the manifest is in the image, with a compressed copy', async () => {
  const { default: manifest } = (await import('./static/manifest.json', { with: { type: 'json' } })) as {
    readonly default: Readonly<Record<string, string>>;
  };
  const paths = Object.values(manifest).flatMap((path) => [path, `${path}.gz`]);
  const command = paths.map((path) => `test -s /opt/holdfast/web${path}`).join(' && ');
  expect((await checkInImage(IMAGE, [], { command })).exitCode).toBe(0);
});

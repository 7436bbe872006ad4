import { expect, it } from 'vitest';
import { checkInImage } from '../../images/check-in-image.ts';
import type { RenderedFile } from '../../model/rendered-file.ts';
import { addressOn, hostsOf, makeTopology, type Host } from '../../model/topology.ts';
import { renderLb } from './render.ts';

const IMAGE = process.env['HOLDFAST_LB_IMAGE'] ?? 'holdfast/lb:dev';
const topology = makeTopology();
const hosts = hostsOf(topology, 'lb').map((host) => [host.name, host] as const);

/** Generates a certificate in place of the secret. */
const HAPROXY = `cd /tmp && mkdir -p /run/holdfast/secrets &&
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=check -keyout key -out certificate 2>/dev/null &&
cat certificate key > /run/holdfast/secrets/lb-tls &&
CACHE_CHECK_PASSWORD=check haproxy -c -V -f /etc/holdfast/haproxy.cfg`;

/** Creates an interface with the host's address per network, and inserts its name like the service's run script. */
function keepalivedCheck(host: Host): string {
  const networks = ['front', 'app', 'data'] as const;
  return [
    'ip link add front type veth peer name app',
    'ip link add data type veth peer name other',
    ...networks.map((network) => `ip address add ${addressOn(host, network)}/24 dev ${network}`),
    'mkdir -p /run/keepalived && echo 0 > /run/keepalived/haproxy.track && cp /etc/holdfast/keepalived.conf /tmp/keepalived.conf',
    ...networks.map((network) => `sed -i s/@IF:${addressOn(host, network)}@/${network}/ /tmp/keepalived.conf`),
    'keepalived --config-test --log-console --use-file=/tmp/keepalived.conf',
  ].join(' && ');
}

it.each(hosts)('HAProxy accepts the configuration of %s without a warning', async (_name, host) => {
  const { exitCode, output } = await checkInImage(IMAGE, renderLb(topology, host), { command: HAPROXY });
  expect(output).not.toMatch(/WARNING|ALERT/);
  expect(output).toContain('Configuration file is valid');
  expect(exitCode).toBe(0);
});

it('HAProxy rejects a configuration with an unknown keyword, so its check is valid', async () => {
  const [host] = hostsOf(topology, 'lb');
  const files = host === undefined ? [] : renderLb(topology, host);
  const broken = files.map((file): RenderedFile => ({
    ...file,
    text: file.text.replace('balance leastconn', 'balance lestconn'),
  }));
  const { exitCode } = await checkInImage(IMAGE, broken, { command: HAPROXY });
  expect(exitCode).not.toBe(0);
});

it.each(hosts)('keepalived accepts the configuration of %s', async (_name, host) => {
  const { exitCode, output } = await checkInImage(IMAGE, renderLb(topology, host), {
    command: keepalivedCheck(host),
    dockerFlags: ['--cap-add=NET_ADMIN'],
  });
  expect(output).not.toMatch(/unknown keyword|deprecated|ignoring/i);
  expect(exitCode).toBe(0);
});

it('the kernel accepts the rules of a handover, and its elements expire', async () => {
  const [host] = hostsOf(topology, 'lb');
  const { exitCode, output } = await checkInImage(IMAGE, host === undefined ? [] : renderLb(topology, host), {
    command: [
      'nft -f /etc/holdfast/handover.nft',
      "nft 'add element ip handover previous { 198.18.0.10 timeout 35s : 198.18.0.11 }'",
      'nft list map ip handover previous',
    ].join(' && '),
    dockerFlags: ['--cap-add=NET_ADMIN'],
  });
  expect(output).toMatch(/198\.18\.0\.10 timeout 35s expires \d+s\d*m?s? ?: 198\.18\.0\.11/);
  expect(exitCode).toBe(0);
});

import { expect, it } from 'vitest';
import { checkInImage } from '../../images/check-in-image.ts';
import type { RenderedFile } from '../../model/rendered-file.ts';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { renderCache } from './render.ts';

const IMAGE = process.env['HOLDFAST_CACHE_IMAGE'] ?? 'holdfast/cache:dev';
const topology = makeTopology();

/** Valkey and Sentinel have no configuration check. So this starts both with the rendered files and runs commands as each user. */
const COMMAND = `mkdir -p /run/secrets && for name in cache-password cache-check-password cache-peer-password cache-monitor-password cache-operator-password; do echo "pw-$name" > /run/secrets/$name; done
/sbin/boot sh -c '
  set -e
  . /etc/holdfast/cache.env
  cp /etc/holdfast/valkey.conf /tmp/valkey.conf
  cp /etc/holdfast/sentinel.conf /tmp/sentinel.conf
  valkey-server /tmp/valkey.conf > /tmp/valkey.log 2>&1 &
  valkey-sentinel /tmp/sentinel.conf > /tmp/sentinel.log 2>&1 &
  ask() { valkey-cli --no-auth-warning --user "$1" --pass "pw-$2" -p "$3" $4 2>&1; }
  for try in $(seq 100); do
    [ "$(ask check cache-check-password $CACHE_PORT PING)$(ask check cache-check-password $CACHE_SENTINEL_PORT PING)" != PONGPONG ] || break
    sleep 0.1
  done
  echo "check: $(ask check cache-check-password $CACHE_PORT PING) $(ask check cache-check-password $CACHE_SENTINEL_PORT PING)"
  echo "check reads: $(ask check cache-check-password $CACHE_PORT "GET x")"
  echo "app writes: $(ask app cache-password $CACHE_PORT "SET x 1")"
  echo "app flushes: $(ask app cache-password $CACHE_PORT FLUSHALL)"
  echo "app lists: $(ask app cache-password $CACHE_PORT "KEYS x")"
  echo "anonymous: $(valkey-cli -p $CACHE_PORT PING 2>&1)"
  echo "monitor: $(ask monitor cache-monitor-password $CACHE_PORT PING) $(ask monitor cache-monitor-password $CACHE_SENTINEL_PORT PING)"
  echo "monitor queries: $(ask monitor cache-monitor-password $CACHE_PORT INFO | grep -c ^role:) $(ask monitor cache-monitor-password $CACHE_SENTINEL_PORT "SENTINEL MASTERS" | grep -c ^quorum)"
  echo "monitor reads: $(ask monitor cache-monitor-password $CACHE_PORT "GET x")"
  echo "monitor configures: $(ask monitor cache-monitor-password $CACHE_PORT "CONFIG GET maxmemory")"
  echo "monitor fails over: $(ask monitor cache-monitor-password $CACHE_SENTINEL_PORT "SENTINEL FAILOVER shop")"
  echo "operator pauses: $(ask operator cache-operator-password $CACHE_PORT "CLIENT PAUSE 100 WRITE") $(ask operator cache-operator-password $CACHE_PORT "CLIENT UNPAUSE")"
  echo "operator fails over: $(ask operator cache-operator-password $CACHE_SENTINEL_PORT "SENTINEL FAILOVER shop")"
  echo "operator reads: $(ask operator cache-operator-password $CACHE_PORT "GET x")"
  echo "operator configures: $(ask operator cache-operator-password $CACHE_PORT "CONFIG GET maxmemory")"
  echo "operator resets: $(ask operator cache-operator-password $CACHE_SENTINEL_PORT "SENTINEL RESET shop")"
  echo "peer writes: $(ask peer cache-peer-password $CACHE_PORT "SET x 1")"
  grep -h "FATAL\\|Bad directive" /tmp/valkey.log /tmp/sentinel.log || true
'`;

it.each(hostsOf(topology, 'cache').map((host) => [host.name, host] as const))(
  'Valkey and Sentinel start with the configuration of %s, and each user has only the commands that it needs',
  async (_name, host) => {
    const { output } = await checkInImage(IMAGE, renderCache(topology, host), { command: COMMAND });
    const lines = output.split('\n');
    expect(lines).toContain('check: PONG PONG');
    expect(lines).toContain('app writes: OK');
    expect(lines).toContain('monitor: PONG PONG');
    expect(lines).toContain('monitor queries: 1 1');
    expect(lines).toContain('operator pauses: OK OK');
    // No replica runs here. With a permission error, the reply would be another.
    expect(output).toMatch(/^operator fails over: NOGOODSLAVE/m);
    expect(lines.filter((line) => line.includes('NOPERM')).map((line) => line.split(':')[0])).toEqual([
      'check reads',
      'app flushes',
      'app lists',
      'monitor reads',
      'monitor configures',
      'monitor fails over',
      'operator reads',
      'operator configures',
      'operator resets',
      'peer writes',
    ]);
    expect(output).toMatch(/^anonymous: NOAUTH/m);
    expect(output).not.toMatch(/FATAL|Bad directive/);
  },
);

it('Valkey rejects a configuration with an unknown directive, so starting it is a valid check', async () => {
  const [host] = hostsOf(topology, 'cache');
  const files = host === undefined ? [] : renderCache(topology, host);
  const broken = files.map((file): RenderedFile => ({
    ...file,
    text: file.text.replace('maxmemory-policy', 'maxmemory-polcy'),
  }));
  const { output } = await checkInImage(IMAGE, broken, { command: 'valkey-server /etc/holdfast/valkey.conf' });
  expect(output).toMatch(/Bad directive/);
});

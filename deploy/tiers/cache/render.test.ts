import { expect, test } from 'vitest';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { renderCache } from './render.ts';

const topology = makeTopology();
const rendered = hostsOf(topology, 'cache').map((host) => ({
  host,
  file: (path: string) => renderCache(topology, host).find((candidate) => candidate.path === path)?.text ?? '',
}));

test('every sentinel starts with the same primary and needs two of three votes', () => {
  const monitors = rendered.map(({ file }) => /^sentinel monitor .*$/m.exec(file('sentinel.conf'))?.[0]);
  expect(new Set(monitors)).toEqual(new Set(['sentinel monitor shop 198.18.2.61 6379 2']));
});

test.each(rendered.map(({ host, file }) => [host.name, host.addresses, file] as const))(
  '%s announces its data address, and listens first on it and then on the ops network for the monitors',
  (_name, { data: address = '', ops = '' }, file) => {
    for (const path of ['valkey.conf', 'sentinel.conf'])
      expect(file(path)).toContain(`bind ${address} ${ops} 127.0.0.1\n`);
    expect(file('valkey.conf')).toContain(`replica-announce-ip ${address}\n`);
    expect(file('sentinel.conf')).toContain(`sentinel announce-ip ${address}\n`);
  },
);

test('timeouts come from the profile', () => {
  const slow = makeTopology({ profile: { ...topology.profile, sentinelDownAfterMs: 7_000 } });
  const [host] = hostsOf(slow, 'cache');
  const files = host === undefined ? [] : renderCache(slow, host);
  expect(files.map(({ text }) => text).join('\n')).toContain('sentinel down-after-milliseconds shop 7000');
});

test('rendered files contain no password', () => {
  for (const { file } of rendered) {
    expect(file('valkey.conf') + file('sentinel.conf')).not.toMatch(
      /^(masterauth|requirepass|sentinel (auth|sentinel)-pass)/m,
    );
  }
});

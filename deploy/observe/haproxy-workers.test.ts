import { expect, it } from 'vitest';
import { parseBusyClients, parseWorkers } from './haproxy-workers.ts';

it('separates current workers from those of earlier configurations', () => {
  const text = `#<PID>          <type>          <reloads>       <uptime>        <version>
31              master          2 [failed: 0]   0d00h02m07s     3.0.11-1+deb13u2
# workers
88              worker          0               0d00h00m01s     3.0.11-1+deb13u2
# old workers
54              worker          1               0d00h01m31s     3.0.11-1+deb13u2
33              worker          2               0d00h02m07s     3.0.11-1+deb13u2
# programs

`;
  expect(parseWorkers(text)).toEqual({ current: [88], old: [54, 33] });
});

it.each(['', 'no such worker\n'])('finds no worker in %j', (text) => {
  expect(parseWorkers(text)).toEqual({ current: [], old: [] });
});

it('names each client of the frontends once, and skips other frontends', () => {
  const line = (client: string, frontend: string): string =>
    `0x7f2a94025a60: proto=tcpv4 src=${client} fe=${frontend} be=web srv=web1 ts=00 epoch=0 age=2s calls=3 rate=0 cpu=0 lat=0`;
  const text = [
    line('198.18.0.96:40112', 'http'),
    line('198.18.0.97:51000', 'https'),
    line('198.18.0.97:51000', 'https'),
    line('unix:1', 'GLOBAL'),
    line('198.18.3.71:40000', 'stats'),
  ].join('\n');
  expect([...parseBusyClients(text, ['http', 'https'])]).toEqual(['198.18.0.96:40112', '198.18.0.97:51000']);
});

import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { renderMetrics } from './metrics.ts';
import { isRunning, parseTransitions, readVrrp, type VrrpState } from './vrrp.ts';

const instance = { name: 'front', address: '198.18.0.10', routerId: 51, ownAddress: '127.0.0.1' };

async function makeFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lb-state-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'transitions'));
  await mkdir(join(folder, '76'));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return folder;
}

test.each([
  ['76 (keepalived) S 1 1', true],
  ['76 (keepalived_vrrp) R 1 1', true],
  ['76 (keepalived) T 1 1', false],
  ['76 (keepalived) Z 1 1', false],
  ['76 (node) S 1 1', false],
  ['', false],
])('a process with the stat line %j counts as running: %s', (stat, running) => {
  expect(isRunning(stat)).toBe(running);
});

test.each<readonly [string, string, Partial<Record<VrrpState, number>>, VrrpState | undefined]>([
  [
    'an unknown state counts as INIT',
    'FAULT\nBACKUP\nMASTER\nSTOP\n',
    { FAULT: 1, BACKUP: 1, MASTER: 1, INIT: 1 },
    'INIT',
  ],
  [
    'a count is added to later lines',
    'MASTER 7\nSTOP 2\nBACKUP 6\nMASTER\nBACKUP\n',
    { MASTER: 8, INIT: 2, BACKUP: 7 },
    'BACKUP',
  ],
  ['an empty file has no state', '', {}, undefined],
])('in the transitions of keepalived, %s', (...[, text, reached, last]) => {
  expect(parseTransitions(text).transitions).toEqual({ INIT: 0, BACKUP: 0, MASTER: 0, FAULT: 0, ...reached });
  expect(parseTransitions(text).last).toBe(last);
});

test('a master whose virtual IP is on no interface is exposed as master without the address', async () => {
  const folder = await makeFolder({
    'vrrp.pid': '76\n',
    '76/stat': '76 (keepalived) S 1',
    'transitions/front': 'BACKUP\nMASTER\n',
  });
  const text = renderMetrics(readVrrp([instance], { folder, proc: folder }), true);
  expect(text).toContain('keepalived_up 1\n');
  expect(text).toMatch(/keepalived_vrrp_state\{iname="front",intf="lo\d*",vrid="51",ip_address="198.18.0.10"\} 2\n/);
  expect(text).toMatch(/lb_virtual_address_held\{.*\} 0\n/);
  expect(text).toMatch(/keepalived_become_master_total\{.*\} 1\n/);
  const transitions = [...text.matchAll(/^keepalived_vrrp_transitions_total\{.*,state="(\w+)"\} (\d+)$/gm)];
  expect(transitions.map(([, state, count]) => `${state} ${count}`)).toEqual([
    'init 0',
    'backup 1',
    'master 1',
    'fault 0',
  ]);
});

test('the time of the last transition is that of the file, and is missing before the first transition', async () => {
  const folder = await makeFolder({ 'transitions/front': 'BACKUP\nMASTER\n' });
  const writtenAt = new Date('2026-01-02T03:04:05.678Z');
  await utimes(join(folder, 'transitions/front'), writtenAt, writtenAt);
  const app = { ...instance, name: 'app', routerId: 52 };
  const text = renderMetrics(readVrrp([instance, app], { folder, proc: folder }), true);
  const times = [...text.matchAll(/^keepalived_vrrp_last_transition_timestamp_seconds\{iname="(\w+)".*\} (.*)$/gm)];
  expect(times.map(([, name, value]) => `${name} ${value}`)).toEqual(['front 1767323045.678']);
});

test('a stopped keepalived has the state INIT, independent of earlier transitions', async () => {
  const folder = await makeFolder({
    'vrrp.pid': '76\n',
    '76/stat': '76 (keepalived) T 1',
    'transitions/front': 'MASTER\n',
  });
  const view = readVrrp([instance], { folder, proc: folder });
  expect(view.up).toBe(false);
  expect(view.instances[0]?.state).toBe('INIT');
});

test('without any file keepalived is down, and nothing throws', () => {
  const view = readVrrp([instance], { folder: '/nonexistent', proc: '/nonexistent' });
  expect(renderMetrics(view, false)).toContain('keepalived_up 0\n');
});

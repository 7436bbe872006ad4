import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
let folder = '';
let file = '';

/** The script of the image, in a temporary folder. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vrrp-notify-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'transitions'));
  file = join(folder, 'transitions/front');
  const script = await readFile(join(import.meta.dirname, 'image/vrrp-notify'), 'utf8');
  await writeFile(join(folder, 'notify'), script.replaceAll('/run/keepalived', folder));
});

/** Writes lines to a FIFO like keepalived, and runs the script until it exits. */
async function write(...lines: readonly string[]): Promise<void> {
  const fifo = join(folder, `fifo-${randomUUID()}`);
  await run('mkfifo', [fifo]);
  await Promise.all([
    run('sh', [join(folder, 'notify'), fifo]),
    writeFile(fifo, lines.map((line) => `${line}\n`).join('')),
  ]);
}
const writeStates = (...states: readonly string[]): Promise<void> =>
  write(...states.map((state) => `INSTANCE "front" ${state} 100`));
const lines = async (): Promise<readonly string[]> => (await readFile(file, 'utf8')).trimEnd().split('\n');

/** Number of transitions per state in the file. */
async function counted(): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const line of await lines()) {
    const [state = '', times = '1'] = line.split(' ');
    counts[state] = (counts[state] ?? 0) + Number(times);
  }
  return counts;
}

it('writes a line per transition of an instance, and ignores all other events', async () => {
  await write(
    'INSTANCE "front" BACKUP 100',
    'GROUP "all" MASTER 0',
    'INSTANCE "front" MASTER 150',
    'INSTANCE "front" MASTER_PRIORITY 90',
  );
  expect(await lines()).toEqual(['BACKUP', 'MASTER']);
  expect(await readdir(join(folder, 'transitions'))).toEqual(['front']);
});

it('compacts a long file, with the same counts and the same last state', async () => {
  await writeFile(file, 'STOP 3\nMASTER 2\n' + 'BACKUP\nMASTER\n'.repeat(400));
  await writeStates('BACKUP');
  expect((await stat(file)).size).toBeLessThan(100);
  expect(await counted()).toEqual({ STOP: 3, MASTER: 402, BACKUP: 401 });
  expect((await lines()).at(-1)).toBe('BACKUP');
  await writeStates('FAULT');
  expect((await lines()).slice(-2)).toEqual(['BACKUP', 'FAULT']);
  // The folder must only contain files of instances.
  expect(await readdir(join(folder, 'transitions'))).toEqual(['front']);
});

it('ignores the leftovers of a killed script', async () => {
  await writeFile(join(folder, 'transitions.new'), 'MASTER 9');
  await writeFile(file, 'BACKUP\n'.repeat(600));
  await writeStates('MASTER');
  expect(await lines()).toEqual(['BACKUP 600', 'MASTER']);
});

it('preserves the order of rapid transitions', async () => {
  const states = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 'FAULT' : 'BACKUP'));
  await writeStates(...states);
  expect(await lines()).toEqual(states);
});

it('finishes the transitions of an exited keepalived before those of the next one', async () => {
  await Promise.all(Array.from({ length: 10 }, () => writeStates('FAULT', 'BACKUP', 'MASTER')));
  expect(await lines()).toEqual(Array(10).fill(['FAULT', 'BACKUP', 'MASTER']).flat());
});

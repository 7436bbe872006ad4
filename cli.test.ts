import { execa } from 'execa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from './cli.ts';
import { ROOT } from './kit/paths.ts';

function holdfast(...args: readonly string[]) {
  return execa(process.execPath, ['cli.ts', ...args], { cwd: ROOT, reject: false });
}

/** The program is started for each: on a busy machine that takes its time. */
const STARTED = { timeout: 30_000 };

/** In this process, as it would be in one of its own. */
async function runHere(...words: readonly string[]) {
  let stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  vi.spyOn(console, 'error').mockImplementation((line) => {
    stderr += `${String(line)}\n`;
  });
  const exitCode = await runCommand(words, new AbortController().signal);
  return { exitCode, stderr };
}
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a wrong command line', () => {
  it('ends the program with exit code 64 and no stack trace', STARTED, async () => {
    const { exitCode, stderr } = await holdfast('prov');
    expect(stderr).toContain('Known commands: prove');
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(exitCode).toBe(64);
  });

  it.each<readonly [string, readonly string[], string]>([
    ['host', ['logs', 'lb'], 'Known hosts: lb1, lb2'],
    ['command of commands', ['dashboards', 'verfy'], 'Did you mean verify'],
    ['suite', ['load', 'stedy'], 'Known suites: steady'],
    ['guarantee', ['prove', '--no-up', 'spof/app-crsh'], 'Known guarantees: spof/app-crash'],
    ['option', ['up', '--fast'], "unknown option '--fast'"],
    ['subject', ['silence', 'add', 'ap1', '--for', '5m', '--reason', 'x'], 'Known: app1'],
    ['missing options', ['silence', 'add', 'app1'], 'needs --for and --reason'],
    ['part', ['bench', 'alrts'], 'Known benchmarks: alerts'],
    ['time', ['silence', 'add', 'app1', '--for', '5d', '--reason', 'x'], '--for 5d'],
    ['rate', ['prove', '--no-up', '--rate', 'many'], 'not many'],
    ['shape', ['scale', 'simulate', 'stp'], 'Known shapes: step'],
    ['trace', ['scale', 'simulate', './missing.csv'], 'The trace ./missing.csv cannot be read'],
    ['start-up time', ['scale', 'simulate', 'step', '--start-up', 'soon'], 'not soon'],
  ])('names the known ones, nearest first, and exits 64: %s', async (_, args, said) => {
    const { exitCode, stderr } = await runHere(...args);
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(exitCode).toBe(64);
  });
});

describe('help', STARTED, () => {
  it('tells every command and the exit codes', async () => {
    const { exitCode, stdout } = await holdfast('--help');
    expect(exitCode).toBe(0);
    for (const word of [
      'doctor',
      'up',
      'status',
      'logs',
      'down',
      'render',
      'load',
      'prove',
      'heal',
      'bench',
      'dashboards',
      'scale',
      'test',
    ]) {
      expect(stdout).toContain(`\n  ${word}`);
    }
    expect(stdout).toContain('130  interrupted');
  });

  it('says nothing is wrong when the guarantees are listed', async () => {
    const { exitCode, stdout } = await holdfast('prove', '--list', '--json');
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { readonly id: string }[]).map(({ id }) => id)).toContain('spof/lb-active-crash');
  });
});

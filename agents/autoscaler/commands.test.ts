import { Command } from 'commander';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { registerScaleCommands } from './commands.ts';

async function simulate(...words: readonly string[]): Promise<string> {
  let stdout = '';
  vi.spyOn(console, 'log').mockImplementation((line) => {
    stdout += `${String(line)}\n`;
  });
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const program = new Command().exitOverride();
  registerScaleCommands(program, { topology: makeTopology(), signal: new AbortController().signal });
  await program.parseAsync(['scale', 'simulate', ...words], { from: 'user' });
  return stdout;
}
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

it('simulates a shape, and prints a table and a chart', async () => {
  const text = await simulate('spike');
  expect(text).toMatch(/^trace +policy +out of SLO s +refused +instance-hours +reversals$/m);
  expect(text).toMatch(/^spike +holdfast +\d+/m);
  expect(text).toMatch(/^ {2}Knative +[2-8]+$/m);
  expect(process.exitCode).toBeUndefined();
});

it('prints the result as JSON, with another start-up time', async () => {
  const outOfSlo = async (startUp: string): Promise<number> => {
    const [comparison] = JSON.parse(await simulate('step', '--json', '--start-up', startUp)) as {
      outcomes: { policy: string; secondsOutOfSlo: number }[];
    }[];
    expect(comparison?.outcomes.map(({ policy }) => policy)[0]).toBe('holdfast');
    return comparison?.outcomes[0]?.secondsOutOfSlo ?? NaN;
  };
  expect(await outOfSlo('30')).toBeGreaterThan(await outOfSlo('1'));
});

it('exits with 1 if another policy has fewer seconds out of SLO', async () => {
  // Knative holds more hosts, which helps if hosts start slowly during a ramp.
  await simulate('ramp', '--start-up', '120');
  expect(process.exitCode).toBe(1);
});

it('writes a page, or reports why it cannot', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'page-'));
  try {
    await simulate('spike', '--page', join(folder, 'spike.html'));
    expect(await readFile(join(folder, 'spike.html'), 'utf8')).toContain('<h2>spike</h2>');
    await expect(simulate('spike', '--page', join(folder, 'no', 'x.html'))).rejects.toThrow('cannot be written');
  } finally {
    await rm(folder, { recursive: true });
  }
});

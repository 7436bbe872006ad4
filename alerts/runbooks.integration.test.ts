import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { ROOT } from '../kit/paths.ts';

/** Values for the placeholders of commands. */
const PLACEHOLDERS: Readonly<Record<string, string>> = { HOST: 'web1', SERVICE: 'nginx', FOLDER: '/var/log' };

const folder = join(ROOT, 'alerts', 'runbooks');
const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
/** Read-only commands, from the section Diagnosis, without duplicates. */
const commands = new Set(
  texts.flatMap((text) => {
    const diagnosis = text.split(/^## /m).find((section) => section.startsWith('Diagnosis\n')) ?? '';
    return [...diagnosis.matchAll(/`((?:docker|curl) [^`]+)`/g)].map(([, command = '']) => command);
  }),
);

it.each([...commands])('%s works on this stack', async (command) => {
  const filled = command.replace(/\b[A-Z]+\b/g, (word) => PLACEHOLDERS[word] ?? word);
  const { exitCode, stdout, stderr } = await execa('bash', ['-o', 'pipefail', '-c', filled], {
    ...{ reject: false, timeout: 20_000, stdin: 'ignore' },
  });
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
});

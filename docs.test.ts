import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeProgram } from './cli.ts';
import { ROOT } from './kit/paths.ts';

const pages = new Map<string, string>();
const program = makeProgram(new AbortController().signal);

beforeAll(async () => {
  const runbooks = await readdir(join(ROOT, 'alerts', 'runbooks'));
  for (const path of ['README.md', 'ARCHITECTURE.md', ...runbooks.map((name) => `alerts/runbooks/${name}`)]) {
    pages.set(path, await readFile(join(ROOT, path), 'utf8'));
  }
});

/** `./holdfast WORD [OPTION…]` as it stands in a page. */
function commandsIn(text: string): readonly { readonly name: string; readonly options: readonly string[] }[] {
  return [...text.matchAll(/\.\/holdfast +([a-z]+)([^\n`#|]*)/g)].map(([, name = '', rest = '']) => ({
    name,
    options: rest.match(/--[a-z-]+/g) ?? [],
  }));
}

describe('the documents', () => {
  it('name only commands and options that exist', () => {
    for (const [path, text] of pages) {
      for (const { name, options } of commandsIn(text)) {
        const command = program.commands.find((candidate) => candidate.name() === name);
        expect(command, `${path}: ./holdfast ${name}`).toBeDefined();
        const withSub = command === undefined ? [] : [command, ...command.commands];
        const known = ['--help', ...withSub.flatMap((one) => one.options.map(({ long }) => long))];
        for (const option of options) expect(known, `${path}: ./holdfast ${name} ${option}`).toContain(option);
      }
    }
  });

  it('show every command in the README', () => {
    const shown = commandsIn(pages.get('README.md') ?? '').map(({ name }) => name);
    expect(program.commands.map((command) => command.name()).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('link only to files that exist', async () => {
    for (const [path, text] of pages) {
      for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        await expect(readFile(join(ROOT, path, '..', link), 'utf8'), `${path} → ${link}`).resolves.toBeTypeOf('string');
      }
    }
  });
});

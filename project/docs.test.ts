import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeProgram } from '../cli.ts';
import { CLIENT_LIMITS } from '../deploy/model/request-limits.ts';
import { ROOT } from '../kit/paths.ts';

const pages = new Map<string, string>();
const program = makeProgram(new AbortController().signal);

beforeAll(async () => {
  const runbooks = await readdir(join(ROOT, 'alerts', 'runbooks'));
  for (const path of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...runbooks.map((name) => `alerts/runbooks/${name}`),
  ]) {
    pages.set(path, await readFile(join(ROOT, path), 'utf8'));
  }
});

interface Shown {
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** The occurrences of `./holdfast WORD… [OPTION…]` in a page. */
function commandsIn(text: string): readonly Shown[] {
  return [...text.matchAll(/\.\/holdfast +([a-z]+(?: +[a-z]+)*)([^\n`#|]*)/g)].map(([, words = '', rest = '']) => ({
    words: words.split(/ +/),
    options: rest.match(/--[a-z-]+/g) ?? [],
  }));
}

/** The command for these words; words after a leaf command are arguments. Undefined if a word is not a subcommand of its parent. */
function findCommand(words: readonly string[], from: Command = program): Command | undefined {
  const [word, ...rest] = words;
  if (from.commands.length === 0 || word === undefined) return from;
  const next = from.commands.find((candidate) => candidate.name() === word);
  return next === undefined ? undefined : findCommand(rest, next);
}

/** The words of every leaf command. */
function leavesOf(from: Command, words: readonly string[] = []): readonly string[] {
  if (from.commands.length === 0) return [words.join(' ')];
  return from.commands.flatMap((command) => leavesOf(command, [...words, command.name()]));
}

describe('the limits of one client', () => {
  const { withoutProgress, inProgress, connectionsPerSecond, requestsPerSecond } = CLIENT_LIMITS;

  it.each(['ARCHITECTURE.md', 'alerts/runbooks/ClientLimitExceeded.md'])('have the configured values in %s', (file) => {
    const text = (pages.get(file) ?? '').replaceAll(/\s+/g, ' ');
    expect(text).toContain(`${withoutProgress} connections or HTTP/2 streams`);
    expect(text).toContain(`${inProgress} requests in progress`);
    expect(text).toMatch(new RegExp(`${connectionsPerSecond} (new )?connections`));
    expect(text).toContain(`${requestsPerSecond} requests per second`);
  });
});

describe('the documents', () => {
  it('name only commands and options that exist', () => {
    for (const [path, text] of pages) {
      for (const { words, options } of commandsIn(text)) {
        const command = findCommand(words);
        expect(command, `${path}: ./holdfast ${words.join(' ')}`).toBeDefined();
        const known = ['--help', ...(command?.options.map(({ long }) => long) ?? [])];
        for (const option of options)
          expect(known, `${path}: ./holdfast ${words.join(' ')} ${option}`).toContain(option);
      }
    }
  });

  it('show every command in the README', () => {
    const shown = commandsIn(pages.get('README.md') ?? '').map(({ words }) => words.join(' '));
    const missing = leavesOf(program).filter(
      (leaf) => !shown.some((words) => words === leaf || words.startsWith(`${leaf} `)),
    );
    expect(missing).toEqual([]);
  });

  it('link only to files that exist', async () => {
    for (const [path, text] of pages) {
      for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        await expect(readFile(join(ROOT, path, '..', link), 'utf8'), `${path} → ${link}`).resolves.toBeTypeOf('string');
      }
    }
  });
});

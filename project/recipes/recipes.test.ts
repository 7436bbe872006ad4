import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../kit/paths.ts';

const FOLDER = import.meta.dirname;
const MINUTES = 60_000;

/** Recipe → the files that its patch touches. */
const recipes = new Map<string, readonly string[]>();
let scratch = '';

beforeAll(async () => {
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.patch')).sort()) {
    const patch = await readFile(join(FOLDER, file), 'utf8');
    recipes.set(
      file.replace('.patch', ''),
      [...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path = '']) => path),
    );
  }
  scratch = await mkdtemp(join(tmpdir(), 'holdfast-recipes-'));
  const copy = join(scratch, 'copy');
  const isLeftOut = (path: string): boolean => /^(node_modules|\.holdfast|\.git)(\/|$)/.test(relative(ROOT, path));
  await cp(ROOT, copy, { recursive: true, filter: (path) => !isLeftOut(path) });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
}, MINUTES);
afterAll(() => rm(scratch, { recursive: true, force: true }));

const inCopy = (program: string, ...args: readonly string[]): Promise<unknown> =>
  execa(program, args, { cwd: join(scratch, 'copy'), preferLocal: true, localDir: ROOT, env: { CI: '1' } });

/** Contributors edit the lines beside those of an example too: the error states what to do then. */
async function applyPatch(name: string): Promise<void> {
  try {
    await inCopy('git', 'apply', join(FOLDER, `${name}.patch`));
  } catch (cause) {
    throw new Error(
      `project/recipes/${name}.patch does not apply any more. Apply it with \`git apply --reject\`, resolve the rest, and save \`git diff\` as the new patch.`,
      { cause },
    );
  }
}

describe('the recipes of CONTRIBUTING', () => {
  it('name the files that they touch', async () => {
    const text = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    for (const [name, files] of recipes) {
      const section = text.split(/^##+ /m).find((part) => part.includes(`project/recipes/${name}.patch`)) ?? '';
      for (const file of files) {
        // A new file is named by its folder.
        const named = section.includes(`\`${file}\``) || section.includes(`\`${file.replace(/[^/]+$/, '')}\``);
        expect(named, `${name}: ${file}`).toBe(true);
      }
      expect(section.trim().split('\n').length, name).toBeLessThanOrEqual(15);
    }
  });

  it(
    'lead to a checkout that passes its checks',
    async () => {
      for (const name of recipes.keys()) {
        await applyPatch(name);
      }
      await inCopy(process.execPath, 'cli.ts', 'render');
      await inCopy('tsc', '--noEmit');
      await inCopy('prettier', '--check', '--ignore-unknown', ...[...recipes.values()].flat());
      await inCopy(process.execPath, 'project/words/main.ts');
      await inCopy(
        'vitest',
        'run',
        '--project',
        'unit',
        'agents/exporter',
        'alerts/alerts.test.ts',
        'chaos/faults',
        'chaos/guarantees',
        'chaos/journal',
        'chaos/predict',
        'chaos/unrecorded',
        'dashboards',
        'deploy/images',
        'deploy/model',
        'deploy/stack',
        'deploy/tiers/portal',
        'exporters/catalog',
        'exporters/toxiproxy',
        'project/rendered',
      );
    },
    5 * MINUTES,
  );
});

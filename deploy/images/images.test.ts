import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planImages, type ImageSpec, type PlannedImage } from './plan.ts';
import { ROOT } from '../../kit/paths.ts';
import { IMAGES, runLanes } from './images.ts';
import { listInputFiles, parseDockerfile } from './inputs.ts';

const spec = (name: string, lane: ImageSpec['lane'] = 'assemble'): ImageSpec => ({
  name,
  dockerfile: `${name}/Dockerfile`,
  lane,
});

/** A repository with one Dockerfile per image. */
async function makeRepository(
  dockerfiles: Readonly<Record<string, string>>,
): Promise<{ root: string; authorities: string }> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-plan-'));
  for (const [name, text] of Object.entries(dockerfiles)) {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, 'Dockerfile'), text);
    await writeFile(join(root, name, 'file'), name);
  }
  const authorities = join(root, 'authorities');
  await mkdir(authorities);
  return { root, authorities };
}

const THREE = {
  tool: 'FROM scratch\nCOPY tool/file /',
  base: 'FROM scratch AS hostca\nFROM debian\nRUN --mount=type=bind,from=hostca,target=/ca true',
  lb: 'FROM holdfast/base:dev\nCOPY --from=holdfast/tool:dev /file /\nCOPY lb/file /',
};
const SPECS = [spec('lb'), spec('tool', 'compile'), spec('base')];
const tags = (plan: readonly PlannedImage[]): Record<string, string> =>
  Object.fromEntries(plan.map((image) => [image.spec.name, image.tag]));

describe('planImages', () => {
  it("changes an image's tag only when one of its inputs changes", async () => {
    const where = await makeRepository(THREE);
    const before = tags(await planImages({ ...where, specs: SPECS }));
    expect(before['lb']).toMatch(/^holdfast\/lb:[0-9a-f]{12}$/);
    expect(tags(await planImages({ ...where, specs: SPECS }))).toEqual(before);
    await writeFile(join(where.root, 'tool', 'file'), 'new');
    const after = tags(await planImages({ ...where, specs: SPECS }));
    expect(after['tool']).not.toBe(before['tool']);
    expect(after['lb']).not.toBe(before['lb']);
    expect(after['base']).toBe(before['base']);
  });

  it('changes the base image when the certificate authorities of the machine change', async () => {
    const where = await makeRepository(THREE);
    const before = tags(await planImages({ ...where, specs: SPECS }));
    await writeFile(join(where.authorities, 'company.crt'), 'x');
    const after = tags(await planImages({ ...where, specs: SPECS }));
    expect(after['base']).not.toBe(before['base']);
    expect(after['tool']).toBe(before['tool']);
  });

  it('plans an on-demand image only if it is requested by name', async () => {
    const where = await makeRepository(THREE);
    const specs = SPECS.map((other) => ({ ...other, onDemand: other.name === 'lb' }));
    expect(Object.keys(tags(await planImages({ ...where, specs })))).toEqual(['tool', 'base']);
    expect(Object.keys(tags(await planImages({ ...where, specs, only: ['lb'] })))).toContain('lb');
  });

  it('plans only the requested images and their dependencies', async () => {
    const where = await makeRepository({ ...THREE, web: 'FROM holdfast/base:dev' });
    const plan = await planImages({ ...where, specs: [...SPECS, spec('web')], only: ['web'] });
    expect(Object.keys(tags(plan)).sort()).toEqual(['base', 'web']);
  });

  it.each([
    ['an unknown image name', THREE, ['nope'], 'usage', /no image nope/],
    ['a missing Dockerfile', { lb: THREE.lb, base: THREE.base }, ['tool'], 'image-build-failed', /tool has no usable/],
    [
      'an unknown base image',
      { ...THREE, lb: 'FROM holdfast/ghost:dev' },
      ['lb'],
      'image-build-failed',
      /holdfast\/ghost/,
    ],
    ['a dependency cycle', { ...THREE, tool: 'FROM holdfast/lb:dev' }, ['lb'], 'image-build-failed', /lb → tool → lb/],
  ])('rejects %s', async (...[, dockerfiles, only, code, message]) => {
    const where = await makeRepository(dockerfiles);
    await expect(planImages({ ...where, specs: SPECS, only })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('runLanes', () => {
  const image = (name: string, lane: ImageSpec['lane'], dependencies: readonly PlannedImage[] = []): PlannedImage => ({
    spec: spec(name, lane),
    tag: `holdfast/${name}:0`,
    aliases: [],
    dependencies,
    args: [],
    usesAuthorities: false,
    revision: undefined,
  });
  const base = image('base', 'assemble');
  const tool = image('tool', 'compile', [base]);
  const other = image('other', 'compile', [base]);
  const lb = image('lb', 'assemble', [base, tool]);
  const web = image('web', 'assemble', [base]);

  it('builds every image once, dependencies first, one at a time per lane', async () => {
    const finished: string[] = [];
    const busy = new Map<string, number>();
    await runLanes([lb, web, other, tool, base], async (one) => {
      expect(one.dependencies.every((needed) => finished.includes(needed.spec.name))).toBe(true);
      busy.set(one.spec.lane, (busy.get(one.spec.lane) ?? 0) + 1);
      expect(busy.get(one.spec.lane)).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      busy.set(one.spec.lane, 0);
      finished.push(one.spec.name);
    });
    expect([...finished].sort()).toEqual(['base', 'lb', 'other', 'tool', 'web']);
  });

  it('does not wait for existing images', async () => {
    const built: string[] = [];
    await runLanes([lb], (one) => {
      built.push(one.spec.name);
      return Promise.resolve();
    });
    expect(built).toEqual(['lb']);
  });

  it('throws the first failure, starts no build after it, and waits for running builds', async () => {
    const started: string[] = [];
    let finishTool = (): void => undefined;
    const running = runLanes([base, tool, web, lb], async (one) => {
      started.push(one.spec.name);
      if (one === web) {
        setImmediate(() => {
          finishTool();
        });
        throw new Error('web is broken');
      }
      if (one === tool) await new Promise<void>((resolve) => (finishTool = resolve));
    });
    await expect(running).rejects.toThrow('web is broken');
    expect(started).toEqual(['base', 'tool', 'web']);
  });
});

it.each(IMAGES)(
  '$name contains no topology or profile source: its programs read rendered configuration',
  async (image) => {
    const { sources } = parseDockerfile(await readFile(join(ROOT, image.dockerfile), 'utf8'), image.target);
    const files = await listInputFiles(ROOT, sources);
    expect(files.filter((file) => /^deploy\/(model\/(topology|profile)|stack)/.test(file))).toEqual([]);
  },
);

import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashInputs, IGNORED, listInputFiles, parseDockerfile } from './inputs.ts';

const TIER = `
# COPY in-a-comment /
ARG BASE=holdfast/base:dev
ARG TOOL=holdfast/tool:dev
FROM \${TOOL} AS tool
FROM $BASE
RUN --mount=type=bind,source=deploy/x,target=/x \\
    # a comment between
    --mount=type=cache,target=/root/.npm install-packages thing
COPY --from=tool /tool /usr/local/bin/
COPY --chmod=0755 deploy/x/boot.d/ deploy/x/run* \\
     /etc/boot.d/
ADD ["kit", "/opt/kit"]
COPY <<END /etc/text
END
ARG REVISION
`;

describe('parseDockerfile', () => {
  it('finds files, images of the stack and arguments, through arguments, continuation lines and stages', () => {
    expect(parseDockerfile(TIER)).toEqual({
      sources: ['deploy/x', 'deploy/x/boot.d/', 'deploy/x/run*', 'kit'],
      images: ['base', 'tool'],
      stages: ['tool'],
      args: ['BASE', 'TOOL', 'REVISION'],
    });
  });

  it('reads only the stages that the target depends on', () => {
    const text = [
      'FROM holdfast/base:dev AS go',
      'COPY common /',
      'FROM go AS a-build',
      'COPY a /',
      'FROM go AS b-build',
      'COPY b /',
      'FROM scratch AS a',
      'COPY --from=a-build / /',
      'FROM scratch AS b',
      'COPY --from=b-build / /',
    ].join('\n');
    expect(parseDockerfile(text, 'a')).toMatchObject({ sources: ['a', 'common'], images: ['base'] });
    expect(parseDockerfile(text)).toMatchObject({ sources: ['b', 'common'] });
  });

  it('throws for an unknown stage', () => {
    expect(() => parseDockerfile('FROM scratch', 'nope')).toThrow(/no stage nope/);
  });
});

describe('the inputs of an image', () => {
  async function makeTree(): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'holdfast-inputs-'));
    await mkdir(join(root, 'a', 'node_modules'), { recursive: true });
    await mkdir(join(root, 'a', '.hidden'), { recursive: true });
    for (const file of ['a/run', 'a/run.test.ts', 'a/x.log', 'a/.hidden/file', 'b.ts', 'c.ts'])
      await writeFile(join(root, file), file);
    return root;
  }

  it('are folders, files and globs, except for files that .dockerignore excludes', async () => {
    const root = await makeTree();
    expect(await listInputFiles(root, ['a/', '*.ts'])).toEqual(['a/.hidden/file', 'a/run', 'b.ts', 'c.ts']);
    expect(await listInputFiles(root, ['./b.ts', 'missing'])).toEqual(['b.ts']);
  });

  it('change the hash only by content, name and executable bit', async () => {
    const root = await makeTree();
    const before = await hashInputs(root, ['a/run'], ['x']);
    expect(await hashInputs(root, ['a/run'], ['x'])).toBe(before);
    expect(await hashInputs(root, ['a/run'], ['y'])).not.toBe(before);
    await chmod(join(root, 'a/run'), 0o755);
    const executable = await hashInputs(root, ['a/run'], ['x']);
    expect(executable).not.toBe(before);
    await writeFile(join(root, 'a/run'), 'other');
    expect(await hashInputs(root, ['a/run'], ['x'])).not.toBe(executable);
  });

  it('have the same ignore patterns as .dockerignore', async () => {
    const lines = (await readFile(join(import.meta.dirname, '../..', '.dockerignore'), 'utf8')).split('\n');
    expect(IGNORED.map(([pattern]) => pattern)).toEqual(lines.filter((line) => line !== '' && !line.startsWith('#')));
  });
});

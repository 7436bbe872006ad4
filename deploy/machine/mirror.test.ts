import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMavenMirror, parseIndexTargets, parseOsRelease, stageHostAuthorities } from './mirror.ts';

describe('parseOsRelease', () => {
  it('reads quoted and bare fields', () => {
    expect(parseOsRelease('NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n')).toEqual({
      id: 'debian',
      codename: 'bookworm',
    });
    expect(parseOsRelease('ID="ubuntu"\nVERSION_CODENAME="noble"\nID_LIKE=debian\n')).toEqual({
      id: 'ubuntu',
      codename: 'noble',
    });
  });

  it('leaves unknown fields empty', () => {
    expect(parseOsRelease('')).toEqual({ id: '', codename: '' });
  });
});

describe('parseIndexTargets', () => {
  const output = [
    'bookworm|stable|https://engine.example/linux/debian/',
    'bookworm|main|http://mirror.example/debian/',
    'bookworm-updates|main|http://mirror.example/debian/',
    'bookworm-security|main|http://mirror.example/debian-security/',
    'bookworm-security|contrib|http://other.example/debian-security/',
  ].join('\n');

  it('finds the Debian archive and its security archive among third-party repositories', () => {
    expect(parseIndexTargets(output, 'bookworm')).toEqual({
      debian: 'http://mirror.example/debian',
      debianSecurity: 'http://mirror.example/debian-security',
    });
  });

  it('finds nothing for a release that is not configured', () => {
    expect(parseIndexTargets(output, 'trixie')).toEqual({ debian: undefined, debianSecurity: undefined });
    expect(parseIndexTargets('', 'trixie')).toEqual({ debian: undefined, debianSecurity: undefined });
  });
});

describe('findMavenMirror', () => {
  const mirror = (of: string, url: string, more = ''): string =>
    `<mirror><id>x</id><mirrorOf>${of}</mirrorOf>${more}<url>${url}</url></mirror>`;
  const settings = (...mirrors: readonly string[]): string =>
    `<settings><mirrors>${mirrors.join('\n')}</mirrors></settings>`;

  it.each([
    ['central', 'https://mirror.example/maven/'],
    ['*', 'https://mirror.example/maven'],
    ['external:*', ' https://mirror.example/maven '],
    ['company, central', 'https://mirror.example/maven'],
  ])('uses the mirror of %s', (of, url) => {
    expect(findMavenMirror(settings(mirror('company', 'https://other.example'), mirror(of, url)))).toBe(
      'https://mirror.example/maven',
    );
  });

  it.each([
    ['no settings', ''],
    ['another repository', settings(mirror('company', 'https://other.example'))],
    ['all except for the central one', settings(mirror('*,!central', 'https://other.example'))],
    ['a blocked mirror', settings(mirror('external:*', 'http://0.0.0.0/', '<blocked>true</blocked>'))],
    ['an example in a comment', `<!-- ${settings(mirror('central', 'https://other.example'))} -->`],
  ])('finds no mirror in %s', (_what, text) => {
    expect(findMavenMirror(text)).toBeUndefined();
  });
});

describe('stageHostAuthorities', () => {
  it('empties the folder first and writes only certificates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-ca-'));
    await writeFile(join(folder, 'stale.crt'), 'old');
    await stageHostAuthorities(folder, { withBundle: false });
    const files = await readdir(folder);
    expect(files).not.toContain('stale.crt');
    expect(files.every((name) => name.endsWith('.crt'))).toBe(true);
  });
});

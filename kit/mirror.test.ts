import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseIndexTargets, parseOsRelease, stageHostAuthorities } from './mirror.ts';

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

  it("finds the archive and the security archive among other people's repositories", () => {
    expect(parseIndexTargets(output, 'bookworm')).toEqual({
      debian: 'http://mirror.example/debian',
      debianSecurity: 'http://mirror.example/debian-security',
    });
  });

  it('finds nothing for a release that is not there', () => {
    expect(parseIndexTargets(output, 'trixie')).toEqual({ debian: undefined, debianSecurity: undefined });
    expect(parseIndexTargets('', 'trixie')).toEqual({ debian: undefined, debianSecurity: undefined });
  });
});

describe('stageHostAuthorities', () => {
  it('empties the folder first and leaves certificates only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-ca-'));
    await writeFile(join(folder, 'stale.crt'), 'old');
    await stageHostAuthorities(folder, { withBundle: false });
    const left = await readdir(folder);
    expect(left).not.toContain('stale.crt');
    expect(left.every((name) => name.endsWith('.crt'))).toBe(true);
  });
});

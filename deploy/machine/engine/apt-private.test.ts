import { describe, expect, it } from 'vitest';
import {
  ENGINE_PACKAGES,
  renderAptOptions,
  renderPackageArguments,
  renderPreferences,
  renderSources,
} from './apt-private.ts';
import { checkSimulation } from './install-engine.ts';
import { renderDaemonFlags } from './start-dockerd.ts';

const facts = { codename: 'bookworm', mirror: 'http://mirror.example/debian' };

describe('the private apt configuration', () => {
  it("uses the machine's own mirror for every suite, its own suite first", () => {
    const suites = renderSources(facts, ENGINE_PACKAGES)
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(-3).join(' '));
    expect(suites).toEqual([
      'http://mirror.example/debian bookworm main',
      'http://mirror.example/debian sid main',
      'http://mirror.example/debian trixie main',
    ]);
  });

  it('prevents upgrades of installed packages from other suites', () => {
    const priorities = [...renderPreferences(facts, ENGINE_PACKAGES).matchAll(/n=(\w+)\nPin-Priority: (\d+)/g)].map(
      (match) => [match[1], Number(match[2])],
    );
    expect(priorities).toEqual([
      ['bookworm', 900],
      ['sid', 40],
      ['trixie', 50],
    ]);
  });

  it('selects the suite per package, never as the target release', () => {
    expect(renderPackageArguments(ENGINE_PACKAGES, 'bookworm')).toContain('containerd/trixie');
    expect(renderPackageArguments(ENGINE_PACKAGES, 'trixie')).toContain('containerd');
    expect(renderAptOptions('/state/apt')).not.toContain('-t');
  });

  it('keeps all files of apt below its own folder', () => {
    const paths = renderAptOptions('/state/apt').filter((option) => option.startsWith('Dir::'));
    expect(paths.every((option) => /=\/(state\/apt\/|nonexistent)/.test(option))).toBe(true);
  });
});

describe('checkSimulation', () => {
  it('accepts an installation that only adds packages', () => {
    expect(() => {
      checkSimulation('0 upgraded, 12 newly installed, 0 to remove and 106 not upgraded.');
    }).not.toThrow();
  });

  it.each([
    '3 upgraded, 12 newly installed, 0 to remove and 1 not upgraded.',
    '0 upgraded, 12 newly installed, 1 to remove and 1 not upgraded.',
    '0 upgraded, 12 newly installed, 2 downgraded, 0 to remove and 1 not upgraded.',
    'something else',
  ])('rejects: %s', (output) => {
    expect(() => {
      checkSimulation(output);
    }).toThrow(/would change packages/);
  });
});

describe('renderDaemonFlags', () => {
  it('sets the MTU of the default bridge and of later networks', () => {
    expect(renderDaemonFlags(1400).join(' ')).toBe(
      '--mtu 1400 --default-network-opt bridge=com.docker.network.driver.mtu=1400',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSections } from './parse-sections.ts';

const ANSWER = '==> /proc/loadavg <==\n0.5 1 2\n\n==> /run/empty <==\n\n==> /etc/hostname <==\nweb1\n';

describe('a response of a host-metrics endpoint', () => {
  it('is split into files', () => {
    expect([...parseSections(ANSWER)]).toEqual([
      ['/proc/loadavg', '0.5 1 2\n'],
      ['/run/empty', ''],
      ['/etc/hostname', 'web1\n'],
    ]);
  });

  it('yields complete files only, wherever it is cut off', () => {
    const whole = parseSections(ANSWER);
    for (let length = 0; length < ANSWER.length; length += 1) {
      const files = parseSections(ANSWER.slice(0, length));
      expect(files.has('/etc/hostname')).toBe(false);
      for (const [path, text] of files) expect(text).toBe(whole.get(path));
    }
  });

  it('is split correctly whatever the files contain, except for a line that looks like a file header', () => {
    const content = fc
      .array(fc.stringMatching(/^[ -~]{0,40}$/))
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^\/[a-z/.]{1,12}$/), { maxLength: 6 }), content, (paths, text) => {
        fc.pre(!paths.includes('/etc/hostname') && !/^==> \S+ <==$/m.test(text));
        const heads = [...paths.map((path) => `==> ${path} <==\n${text}\n`), '==> /etc/hostname <==\nweb1\n'];
        const files = parseSections(heads.join(''));
        expect(files.size).toBe(paths.length + 1);
        for (const path of paths) expect(files.get(path)).toBe(text);
      }),
    );
  });

  it('has no sections when it is garbage', () => {
    fc.assert(
      fc.property(fc.string(), (garbage) => {
        fc.pre(!garbage.includes('==> '));
        expect(parseSections(garbage).size).toBe(0);
      }),
    );
  });
});

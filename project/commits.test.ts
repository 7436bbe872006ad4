import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { ROOT } from '../kit/paths.ts';
import { checkTexts } from './words/check-text.ts';

/** Later subjects follow CONTRIBUTING.md. */
const SINCE = '2026-11-29T13:00:00Z';
const MOST_CHARACTERS = 72;

// A copy without .git has no commits to check.
it.skipIf(!existsSync(join(ROOT, '.git')))(
  'commit subjects are short, about one topic, and in plain words',
  async () => {
    const { stdout } = await execa('git', ['log', `--since=${SINCE}`, '--no-merges', '--format=%s'], { cwd: ROOT });
    const subjects = stdout.split('\n').filter((subject) => subject !== '');
    const wrong = subjects.filter(
      (subject) => subject.length > MOST_CHARACTERS || subject.includes(';') || subject.endsWith('.'),
    );
    expect(wrong).toEqual([]);
    expect(checkTexts(subjects.map((text) => ({ place: text, text })))).toEqual([]);
  },
);

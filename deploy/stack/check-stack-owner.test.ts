import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otherCheckout } from './check-stack-owner.ts';

it('takes over a stack of its own checkout, also via a symlink, or of a removed checkout, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-checkouts-'));
  const [own, link, other, removed] = ['own', 'link', 'other', 'removed'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  try {
    mkdirSync(own);
    mkdirSync(other);
    symlinkSync(own, link);
    expect(otherCheckout([], own)).toBeUndefined();
    expect(otherCheckout([own, link, removed], own)).toBeUndefined();
    expect(otherCheckout([own, other], own)).toBe(other);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

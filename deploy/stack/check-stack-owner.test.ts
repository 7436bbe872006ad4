import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otherCheckout } from './check-stack-owner.ts';

it('takes over a stack of its own checkout, whatever it is called, and of one that is gone, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-checkouts-'));
  const [own, link, other, gone] = ['own', 'link', 'other', 'gone'].map((name) => join(folder, name)) as [
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
    expect(otherCheckout([own, link, gone], own)).toBeUndefined();
    expect(otherCheckout([own, other], own)).toBe(other);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { expect, it } from 'vitest';
import { checkAssets } from './check-release.ts';

it('names each web host that lacks static files of a release', () => {
  const served = new Map([
    ['web1', new Set(['/static/app.1.css', '/static/app.1.js'])],
    ['web2', new Set(['/static/app.1.css'])],
    ['web3', new Set<string>()],
  ]);
  expect(checkAssets(['/static/app.1.css', '/static/app.1.js'], served)).toEqual([
    'web2 does not serve /static/app.1.js',
    'web3 does not serve /static/app.1.css and 1 more files',
  ]);
});

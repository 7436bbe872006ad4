import { expect, it } from 'vitest';
import { findingsOf, spoil } from './fixture.ts';
import { LINKS } from './links.ts';

it.each([
  [[], ['leads to no other board', 'no link to the runbook']],
  [['/d/holdfast-nowhere?${__url_time_range}&${datasource:queryparam}'], ['no board', 'no link to the runbook']],
  [['/d/holdfast-web?${datasource:queryparam}', '/public/runbooks/HighErrorRate.md'], ['forgets']],
  [['/d/holdfast-web?${__url_time_range}', '/public/runbooks/HighErrorRate.md'], ['forgets']],
])('finds a panel with the links %j', (urls, said) => {
  const change = spoil('Errors', (panel) => Object.assign(panel, { links: urls.map((url) => ({ url })) }));
  expect(findingsOf(LINKS, undefined, change)).toEqual(said.map((part) => expect.stringContaining(part) as string));
});

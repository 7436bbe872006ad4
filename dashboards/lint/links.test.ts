import { expect, it } from 'vitest';
import { findingsOf, changePanel } from './fixture.ts';
import { LINKS } from './links.ts';

it.each([
  [[], ['leads to no other board', 'no link to the runbook']],
  [['/d/holdfast-nowhere?${__url_time_range}&${datasource:queryparam}'], ['no board', 'no link to the runbook']],
  [['/d/holdfast-web?${datasource:queryparam}', '/public/runbooks/HighErrorRate.md'], ['forgets']],
  [['/d/holdfast-web?${__url_time_range}', '/public/runbooks/HighErrorRate.md'], ['forgets']],
])('finds a panel with the links %j', (urls, message) => {
  const change = changePanel('Errors', (panel) => Object.assign(panel, { links: urls.map((url) => ({ url })) }));
  expect(findingsOf(LINKS, undefined, change)).toEqual(message.map((part) => expect.stringContaining(part) as string));
});

import { expect, it } from 'vitest';
import { findingsOf } from './fixture.ts';
import { TEMPLATE_DATASOURCE } from './template-datasource.ts';

it('finds a board without a data source variable, with two, and with another name', () => {
  const spoiled = [
    findingsOf(TEMPLATE_DATASOURCE, undefined, (dashboard) => dashboard.templating?.list?.shift()),
    findingsOf(TEMPLATE_DATASOURCE, undefined, ({ templating }) => {
      const [first] = templating?.list ?? [];
      if (first !== undefined) templating?.list?.push(first);
    }),
    findingsOf(TEMPLATE_DATASOURCE, undefined, ({ templating }) =>
      Object.assign(templating?.list?.[0] ?? {}, { name: 'ds' }),
    ),
  ];
  for (const found of spoiled) expect(found).toEqual([expect.stringContaining('exactly one data source variable')]);
});

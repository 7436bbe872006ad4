import { expect, it } from 'vitest';
import { findingsOf } from './fixture.ts';
import { TEMPLATE_CHOICES } from './template-choices.ts';

it.each([{ multi: false }, { includeAll: false }, { allValue: '.*' }, { label: '' }, { type: 'textbox' }])(
  'finds a variable with %j',
  (difference) => {
    const found = findingsOf(TEMPLATE_CHOICES, undefined, ({ templating }) =>
      Object.assign(templating?.list?.[1] ?? {}, difference),
    );
    expect(found).toEqual([expect.stringContaining('The variable host must be')]);
  },
);

import { panelsOf, type Rule } from './rule.ts';

/** Every panel has a title, and a description in complete sentences. */
export const PANEL_TITLE_DESCRIPTION: Rule = {
  name: 'panel-title-description',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ json: { title = '', description = '' }, at }) => [
      ...(title.trim() === '' ? [{ summary: 'A panel has no title.', at }] : []),
      ...(/^[A-Z].{10,}[.?]$/s.test(description)
        ? []
        : [{ summary: 'The description of a panel must be a sentence that says how to read it.', at }]),
    ]),
};

import { panelsOf, type Rule } from './rule.ts';

/** A data panel has queries, each with a unique letter. */
export const PANEL_TARGETS: Rule = {
  name: 'panel-targets',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ targets, at }) => {
      const letters = new Set(targets.map(({ refId }) => refId));
      const isRight = targets.length > 0 && letters.size === targets.length && targets.every(({ expr }) => expr !== '');
      return isRight ? [] : [{ summary: 'A panel needs queries, each with a letter of its own.', at }];
    }),
};

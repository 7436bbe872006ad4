import { isInstant, readsBuckets } from '../render/targets.ts';
import { panelsOf, type Rule } from './rule.ts';

/** Where the course of a histogram is shown, its exemplars are too: they lead to the trace of one request. */
export const EXEMPLARS: Rule = {
  name: 'exemplars',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ panel, targets, at }) =>
      targets
        .filter(({ expr, exemplar }) => exemplar !== (!isInstant(panel.kind) && readsBuckets(expr)))
        .map(({ refId }) => ({
          summary: `Query ${refId}: exemplars belong where buckets are read, and only there.`,
          at,
        })),
    ),
};

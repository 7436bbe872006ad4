import { isInstant, readsBuckets } from '../render/targets.ts';
import { panelsOf, type Rule } from './rule.ts';

/** Range queries of histogram buckets also query exemplars, which link to the trace of one request. */
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

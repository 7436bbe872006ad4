import type { ExperimentEvidence, FaultEvidence } from './experiment-evidence.ts';
import type { Recovery } from './recover.ts';

/** What disturbed the stack in an experiment: a fault, or planned changes. */
export interface Disturbance {
  readonly fault: FaultEvidence;
  /** When it was ordered, and when its effect was proven. Milliseconds since the epoch. */
  readonly injectedAt: number;
  readonly provenAt: number;
  readonly recovery: Recovery;
  /** Only of planned changes. */
  readonly changes?: Required<
    Pick<ExperimentEvidence, 'changeSteps' | 'events' | 'notifications' | 'cache' | 'cacheNodes'>
  > &
    Pick<ExperimentEvidence, 'control'>;
}

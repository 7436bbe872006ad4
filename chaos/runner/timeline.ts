/** An event of an experiment, for the report. */
export interface TimelineEvent {
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly kind: 'phase' | 'fault' | 'alert' | 'mail' | 'recovery' | 'problem';
  readonly text: string;
}

export interface Timeline {
  readonly events: readonly TimelineEvent[];
  add(kind: TimelineEvent['kind'], text: string, t?: number): void;
}

/** Collects events, and passes each one to `onEvent`. */
export function makeTimeline(onEvent: (event: TimelineEvent) => void = () => undefined): Timeline {
  const events: TimelineEvent[] = [];
  return {
    events,
    add: (kind, text, t = Date.now()) => {
      const event = { t, kind, text };
      events.push(event);
      onEvent(event);
    },
  };
}

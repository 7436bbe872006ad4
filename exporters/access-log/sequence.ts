/** Finds out from numbered lines how many of them did not arrive. */
export interface SequenceWatch {
  /** One line arrived. `counter`: who numbers it. */
  readonly take: (counter: string, sequence: number) => void;
  /**
   * Lines that were lost. Counts only what was sent {@link ON_THE_WAY_MS} ago, so that lines on their way are not taken for lost, however many ask and
   * however often.
   */
  readonly lost: () => number;
}

interface Course {
  /** The first number that was seen: what was sent before it was never expected here. */
  first: number;
  highest: number;
  received: number;
  /** {@link highest} when it was noted last, when that was, and how many lines beyond it have come since. */
  settledAt: number;
  settledMs: number;
  beyond: number;
  lost: number;
  lastMs: number;
}

/** A number this far behind the highest does not come late: the process was started again under the same id. */
const RESTART_DISTANCE = 1_000;
/** A process that said nothing for this long is not followed any more; HAProxy ends old ones after 30 s. */
const FORGOTTEN_MS = 120_000;
/** Far longer than a datagram takes from one host to the next, or waits in the socket of an exporter that is busy. */
const ON_THE_WAY_MS = 1_000;
/** More than processes and frontends of one host at a time. */
const MAX_COURSES = 32;

/** Starts with nothing expected. `now`: milliseconds of a clock that nobody sets. */
export function makeSequenceWatch(now: () => number): SequenceWatch {
  const courses = new Map<string, Course>();
  let ended = 0;

  function begin(counter: string, sequence: number): void {
    if (courses.size >= MAX_COURSES) {
      const [oldest] = [...courses].toSorted(([, a], [, b]) => a.lastMs - b.lastMs);
      if (oldest !== undefined) end(...oldest);
    }
    courses.set(counter, {
      first: sequence,
      highest: sequence,
      received: 1,
      settledAt: sequence - 1,
      settledMs: -Infinity,
      beyond: 1,
      lost: 0,
      lastMs: now(),
    });
  }

  function end(counter: string, course: Course): void {
    ended += course.lost;
    courses.delete(counter);
  }

  /** Counts what has not come of what was noted last, and notes what has come since. */
  function settle(course: Course, nowMs: number): void {
    const expected = course.settledAt - course.first + 1;
    course.lost = Math.max(course.lost, expected - (course.received - course.beyond));
    course.settledMs = nowMs;
    if (course.highest <= course.settledAt) return;
    course.settledAt = course.highest;
    course.beyond = 0;
    course.lastMs = nowMs;
  }

  return {
    take(counter, sequence) {
      const course = courses.get(counter);
      if (course === undefined) {
        begin(counter, sequence);
        return;
      }
      if (sequence < course.first || sequence < course.highest - RESTART_DISTANCE) {
        // Lines that were overtaken by the first one are not news of a restart.
        if (sequence >= course.first - RESTART_DISTANCE / 10 && course.highest - course.first < RESTART_DISTANCE)
          return;
        end(counter, course);
        begin(counter, sequence);
        return;
      }
      course.received += 1;
      if (sequence > course.settledAt) course.beyond += 1;
      if (sequence > course.highest) course.highest = sequence;
    },
    lost() {
      const nowMs = now();
      let total = ended;
      for (const [counter, course] of courses) {
        if (nowMs - course.settledMs >= ON_THE_WAY_MS) settle(course, nowMs);
        total += course.lost;
        if (nowMs - course.lastMs > FORGOTTEN_MS) end(counter, course);
      }
      return total;
    },
  };
}

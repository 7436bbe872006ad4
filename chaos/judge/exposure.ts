import type { RequestRecord } from '../evidence/request-record.ts';
import { MAX_EVIDENCE, type Window } from './judgement.ts';
import { CONFIDENCE, upperBound } from './upper-bound.ts';

/**
 * Requests that a change could have harmed. Requests within one event are correlated, so the unit of a claim is the event; the bound per request is
 * only valid if they were independent.
 */
export interface Exposure {
  /** Events of one kind: the changes of a run. */
  readonly events: number;
  /** Events in which at least one exposed request failed. */
  readonly eventsWithFailure: number;
  /** Exposed requests, each counted once, even if several events exposed it. The sum of the next three. */
  readonly requests: number;
  /** Began before an event and had not ended when it began. */
  readonly inFlight: number;
  /** Sent within an event, on a connection that was opened before it. */
  readonly onOldConnections: number;
  /** Sent within an event on a connection opened during it, or of unknown age, and failed: the failure proves that they were exposed. */
  readonly failedOnNewConnections: number;
  /** Exposed requests that failed. */
  readonly failed: number;
  /** Answered requests within an event that are not exposed. In the count, they would only dilute it. */
  readonly unexposed: number;
  /** Upper bounds (95 %, one-sided) of the share of events with a failure, and of exposed requests that fail, 0 … 1. */
  readonly eventBound: number;
  readonly requestBound: number;
  /** The first exposed requests that failed, at most {@link MAX_EVIDENCE}, by their start. */
  readonly evidence: readonly RequestRecord[];
}

type Way = 'inFlight' | 'onOldConnections' | 'failedOnNewConnections';

/**
 * Counts the requests that were exposed to events. An event is the window from the beginning of a change until the end of its drain, both included,
 * in milliseconds since the epoch. Throws `RangeError` for a window
 * that ends before it starts.
 */
export function measureExposure(records: readonly RequestRecord[], events: readonly Window[]): Exposure {
  const invalid = events.find(({ startMs, endMs }) => !(startMs <= endMs));
  if (invalid !== undefined) throw new RangeError(`the event ${invalid.startMs} … ${invalid.endMs} is not a time span`);
  const exposed: { readonly record: RequestRecord; readonly way: Way }[] = [];
  const harmed = new Set<Window>();
  let unexposed = 0;
  for (const record of records) {
    const seen = events.flatMap((event) => ({ event, way: wayOf(record, event) }));
    // By decreasing certainty, because a request may be exposed to several events in different ways.
    const way = (['inFlight', 'onOldConnections', 'failedOnNewConnections'] as const).find((one) =>
      seen.some((other) => other.way === one),
    );
    if (way === undefined) {
      if (seen.some((other) => other.way === 'unexposed')) unexposed += 1;
      continue;
    }
    exposed.push({ record, way });
    if (record.ok) continue;
    for (const other of seen) if (other.way !== undefined && other.way !== 'unexposed') harmed.add(other.event);
  }
  const count = (way: Way): number => exposed.filter((one) => one.way === way).length;
  const failed = exposed.filter(({ record }) => !record.ok).map(({ record }) => record);
  return {
    events: events.length,
    eventsWithFailure: harmed.size,
    requests: exposed.length,
    inFlight: count('inFlight'),
    onOldConnections: count('onOldConnections'),
    failedOnNewConnections: count('failedOnNewConnections'),
    failed: failed.length,
    unexposed,
    eventBound: upperBound(harmed.size, events.length),
    requestBound: upperBound(failed.length, exposed.length),
    evidence: failed.toSorted((a, b) => a.startMs - b.startMs).slice(0, MAX_EVIDENCE),
  };
}

/** How a request was exposed to an event; undefined if it did not overlap with it. */
function wayOf(record: RequestRecord, { startMs, endMs }: Window): Way | 'unexposed' | undefined {
  const { startMs: begunMs, durationMs, connectedMs, ok } = record;
  if (begunMs > endMs || begunMs + durationMs < startMs) return undefined;
  if (begunMs < startMs) return 'inFlight';
  if (connectedMs !== undefined && connectedMs < startMs) return 'onOldConnections';
  return ok ? 'unexposed' : 'failedOnNewConnections';
}

/** E.g. `1 event, 312 exposed requests: 0 failed; at most 95 % of events and 0.96 % of exposed requests may fail (95 %)`. */
export function renderExposure(exposure: Exposure): string {
  const { events, eventsWithFailure, requests, failed, eventBound, requestBound } = exposure;
  const harmed = eventsWithFailure === 0 ? '' : ` in ${counted(eventsWithFailure, 'event')}`;
  return [
    `${counted(events, 'event')}, ${counted(requests, 'exposed request')}: ${grouped(failed)} failed${harmed}`,
    `at most ${percent(eventBound)} of events and ${percent(requestBound)} of exposed requests may fail (${percent(CONFIDENCE)})`,
  ].join('; ');
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** Two digits, rounded up, because a bound must not become smaller. */
function percent(share: number): string {
  const value = 100 * share;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `${Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(2))} %`;
}

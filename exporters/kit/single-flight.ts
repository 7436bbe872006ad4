/** Runs work; concurrent calls with the same key share its result. */
export type SingleFlight<R> = (
  key: string,
  callerSignal: AbortSignal,
  work: (signal: AbortSignal) => Promise<R>,
) => Promise<R>;

interface Flight<R> {
  readonly result: Promise<R>;
  readonly controller: AbortController;
  callers: number;
}

/**
 * A call joins the work in flight for its key, or starts new work. `callerSignal` aborts when this caller no longer waits. When no caller is
 * left, the signal of the work aborts, and the next call starts new work.
 */
export function makeSingleFlight<R>(): SingleFlight<R> {
  const flights = new Map<string, Flight<R>>();

  function forget(key: string, flight: Flight<R>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  function start(key: string, work: (signal: AbortSignal) => Promise<R>): Flight<R> {
    const controller = new AbortController();
    const flight: Flight<R> = { result: work(controller.signal), controller, callers: 0 };
    flights.set(key, flight);
    return flight;
  }

  return async (key, callerSignal, work) => {
    const flight = flights.get(key) ?? start(key, work);
    flight.callers += 1;
    const leave = (): void => {
      flight.callers -= 1;
      if (flight.callers > 0) return;
      forget(key, flight);
      flight.controller.abort(callerSignal.reason);
    };
    if (callerSignal.aborted) leave();
    else callerSignal.addEventListener('abort', leave, { once: true });
    try {
      return await flight.result;
    } finally {
      callerSignal.removeEventListener('abort', leave);
      forget(key, flight);
    }
  };
}

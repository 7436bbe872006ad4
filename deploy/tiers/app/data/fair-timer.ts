/** A deadline that can be called off. */
export interface FairTimer {
  cancel(): void;
}

/**
 * Calls `expire` after `ms`, but not before what has arrived by then was looked at. Node.js runs timers before it reads sockets, so
 * in a process that was kept from running for a while every plain timer fires although the answers are already there, and an
 * overloaded application would throw away good connections and open new ones, which is how overload stays.
 */
export function startFairTimer(ms: number, expire: () => void): FairTimer {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // Sockets are read between timers and immediates; twice, because TLS hands data on one turn later.
    immediate = setImmediate(() => {
      immediate = setImmediate(expire);
    });
  }, ms);
  return {
    cancel: () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    },
  };
}

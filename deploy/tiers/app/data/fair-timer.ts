/** A deadline that can be cancelled. */
export interface FairTimer {
  cancel(): void;
}

/**
 * Calls `expire` after `ms`, but only after all data that had arrived by then was processed. Node.js runs timers before it reads sockets. So in a
 * process that did not run for a while, every plain timer fires although the replies have arrived. An overloaded application would then close
 * working connections and open new ones, which prolongs the overload.
 */
export function startFairTimer(ms: number, expire: () => void): FairTimer {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // Node.js reads sockets between timers and immediates. Twice, because TLS delivers data one turn later.
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

/** Gives what is looked at to everybody who asks for the same at the same time. */
export type ShareLook<R> = (key: string, gone: AbortSignal, look: (signal: AbortSignal) => Promise<R>) => Promise<R>;

interface Look<R> {
  readonly result: Promise<R>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Who asks while a look with the same key is under way gets its result. `gone`: that this one does not wait any more. When nobody does, the signal
 * of the look aborts, and who asks next begins another one.
 */
export function makeSharedLooks<R>(): ShareLook<R> {
  const looks = new Map<string, Look<R>>();

  function forget(key: string, look: Look<R>): void {
    if (looks.get(key) === look) looks.delete(key);
  }

  function begin(key: string, work: (signal: AbortSignal) => Promise<R>): Look<R> {
    const controller = new AbortController();
    const look: Look<R> = { result: work(controller.signal), controller, waiting: 0 };
    looks.set(key, look);
    return look;
  }

  return async (key, gone, work) => {
    const look = looks.get(key) ?? begin(key, work);
    look.waiting += 1;
    const leave = (): void => {
      look.waiting -= 1;
      if (look.waiting > 0) return;
      forget(key, look);
      look.controller.abort(gone.reason);
    };
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
    try {
      return await look.result;
    } finally {
      gone.removeEventListener('abort', leave);
      forget(key, look);
    }
  };
}

export type Log = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** Is told after each look whether it failed, and why. */
type TellFailure = (about: Readonly<Record<string, string>>, failure: string | undefined) => void;

/** Logs the first failure and the end of all: what is away is one event, however often it is asked. `about` says what of. */
export function makeFailureLog(log: Log, words: { readonly fails: string; readonly works: string }): TellFailure {
  const failing = new Set<string>();
  return (about, failure) => {
    const key = JSON.stringify(about);
    const failedBefore = failing.has(key);
    if (failure === undefined) failing.delete(key);
    else failing.add(key);
    if (failure !== undefined && !failedBefore) log(words.fails, { ...about, failure });
    if (failure === undefined && failedBefore) log(words.works, about);
  };
}

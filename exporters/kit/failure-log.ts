export type Log = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** Called after each scrape; `failure`: the error message, or undefined after a success. */
type ReportOutcome = (about: Readonly<Record<string, string>>, failure: string | undefined) => void;

/** Logs the first failure and the recovery of each target and collector, but not every failed scrape. `about` identifies them. */
export function makeFailureLog(log: Log, messages: { readonly fails: string; readonly works: string }): ReportOutcome {
  const failing = new Set<string>();
  return (about, failure) => {
    const key = JSON.stringify(about);
    const wasFailing = failing.has(key);
    if (failure === undefined) failing.delete(key);
    else failing.add(key);
    if (failure !== undefined && !wasFailing) log(messages.fails, { ...about, failure });
    if (failure === undefined && wasFailing) log(messages.works, about);
  };
}

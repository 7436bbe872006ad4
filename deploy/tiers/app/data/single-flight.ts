/** Concurrent callers with the same key share one piece of work, so that queries do not multiply while the cache is down. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  async do(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#flights.get(key);
    if (running !== undefined) return await running;
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return await flight;
  }
}

/** Lets callers that want the same thing at the same time share one piece of work: a dead cache then does not multiply queries. */
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

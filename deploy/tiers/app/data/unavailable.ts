/** The database could not serve a request within its budget. The response is 503 with Retry-After. */
export class Unavailable extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what}: not possible within its budget`, { cause });
    this.name = 'Unavailable';
  }
}

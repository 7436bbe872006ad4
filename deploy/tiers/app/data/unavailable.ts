/** The database could not serve a request within its budget. Answered with 503 and Retry-After. */
export class Unavailable extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what}: not possible within its budget`, { cause });
    this.name = 'Unavailable';
  }
}

/**
 * Requests that Varnish works on at a time; each takes one thread, and a second one while it asks the origin. A stalled origin must fill it
 * with waiting requests, not with errors: at 200 requests/s a failover of the database (9 s) holds about 220 orders.
 */
export const REQUESTS_IN_VARNISH = 400;

/** Fetches in the background, the acceptor and other housekeeping. */
const OTHER_THREADS = 100;

/** The most threads that Varnish may have. */
export const VARNISH_THREADS = 2 * REQUESTS_IN_VARNISH + OTHER_THREADS;

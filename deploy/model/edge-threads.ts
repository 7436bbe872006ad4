/**
 * Maximum number of concurrent requests in Varnish. Each uses one thread, and a second one while it fetches from the origin. During a stall
 * of the origin, requests must wait instead of failing: at 200 requests/s, a database failover (9 s) holds about 220 orders.
 */
export const REQUESTS_IN_VARNISH = 400;

/** Background fetches, the acceptor and housekeeping. */
const OTHER_THREADS = 100;

/** Maximum number of threads of Varnish. */
export const VARNISH_THREADS = 2 * REQUESTS_IN_VARNISH + OTHER_THREADS;

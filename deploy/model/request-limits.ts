/**
 * Limits of one request. The first hop (an edge, or a load balancer for direct clients) enforces them. The hops behind it accept slightly
 * more, so that only one place decides. Sources: RFC 9112 recommends at least 8,000 bytes for a request line; browsers send about 20
 * headers; the application accepts bodies of up to 16 KiB.
 */
export const REQUEST_LIMITS = {
  /** Headers of a request. More: 431. */
  headers: 64,
  /** Bytes of the request target and all headers together. More: 431. */
  headerBytes: 12_288,
  /** Bytes of path and query. More: 414. */
  urlBytes: 8_000,
  /** Bytes of a body. More: 413. */
  bodyBytes: 16_384,
  /** Time for all headers of a request, and again for its body. Longer: 408. */
  arrivalMs: 5_000,
  /** A client that reads nothing of a response for this long is disconnected. */
  stallMs: 8_000,
} as const;

/**
 * Limits of one client address at one entry of the site. Connections are counted only while they are *without progress*: idle, with
 * incomplete headers or body, or with a response that the client has not read yet. Requests that wait for the server, possibly of many
 * users behind one address, have their own limit, `inProgress`.
 */
export const CLIENT_LIMITS = {
  /** Connections (HTTP/2: streams) without progress. More: new connections are refused, new requests get 429. */
  withoutProgress: 200,
  /**
   * Requests in progress, including those that wait for the server. More: 429. While the origin stalls, one client that continues at its full
   * rate must not occupy all threads. During a database failover (9 s), an address that sends 16 orders per second reaches this number.
   */
  inProgress: 150,
  /** Above this number, a connection is closed after its response instead of being kept alive. */
  keepAlive: 100,
  /** New connections per second, on average over {@link CLIENT_LIMITS.windowMs}. */
  connectionsPerSecond: 100,
  /** Requests per second, on average over {@link CLIENT_LIMITS.windowMs}. More: 429. */
  requestsPerSecond: 100,
  windowMs: 10_000,
} as const;

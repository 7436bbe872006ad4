/**
 * What the site accepts of one request. The first hop (an edge, or a load balancer for direct clients) enforces it, and the hops behind it
 * accept a little more, so that one place decides. Sources: RFC 9112 recommends at least 8,000 bytes for a request line; browsers send
 * about 20 headers; the application takes bodies of up to 16 KiB.
 */
export const REQUEST_LIMITS = {
  /** Headers of a request. More: 431. */
  headers: 64,
  /** Bytes of the target and all headers together. More: 431. */
  headerBytes: 12_288,
  /** Bytes of path and query. More: 414. */
  urlBytes: 8_000,
  /** Bytes of a body. More: 413. */
  bodyBytes: 16_384,
  /** Time for all headers of a request, and again for its body. Longer: 408. */
  arrivalMs: 5_000,
  /** A client that takes none of a response for this long is disconnected. */
  stallMs: 8_000,
} as const;

/**
 * What one client address may do at one entry of the site, before it affects others. Connections *without progress* are counted, not connections:
 * those that are idle, whose headers or body are incomplete, or whose response the client has not read yet. Requests of
 * many people behind one address that wait for the server have a limit of their own, `inProgress`.
 */
export const CLIENT_LIMITS = {
  /** Connections (HTTP/2: streams) without progress. More: new connections are refused, new requests get 429. */
  withoutProgress: 200,
  /**
   * Requests in progress, those that wait for the server included. More: 429. While the origin stalls, one client that goes on at its full rate must
   * not take every place; a database failover (9 s) holds as many requests of an address that sends 16 orders per second.
   */
  inProgress: 150,
  /** From here on, a connection is closed after its response instead of being kept for the next request. */
  keepAlive: 100,
  /** New connections per second, on average over {@link CLIENT_LIMITS.windowMs}. */
  connectionsPerSecond: 100,
  /** Requests per second, on average over {@link CLIENT_LIMITS.windowMs}. More: 429. */
  requestsPerSecond: 100,
  windowMs: 10_000,
} as const;

/** The capacity and the start-up time of an application host that the defaults and the simulation assume until it is measured. */
export const REFERENCE_HOST = {
  /** Requests that it serves at the same time: the connections of one pool. */
  workers: 16,
  /** Time that a worker needs for a request. With 16 workers, a host serves 320 requests per second. */
  serviceSeconds: 0.05,
  /** From the start of its container to its rotation in HAProxy. */
  startUpSeconds: 5,
} as const;

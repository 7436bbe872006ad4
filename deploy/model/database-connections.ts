/** Limits of database connections. Every host of the application holds its share, so they bound the number of hosts. */
export const DATABASE_CONNECTIONS = {
  /** `max_connections` of a database node. All pools may use one node: while it is the only one, reads and writes go to it. */
  serverLimit: 300,
  /** Pools of an application host: one for writes, one for reads. */
  poolsPerHost: 2,
  /**
   * Connections per pool. A query of the shop takes about a millisecond, so 16 connections serve thousands of requests per second. The pools of
   * eight hosts need 256.
   */
  poolSize: 16,
  /** Connections for agents, exporters, migrations and operators. */
  reserve: 40,
} as const;

/**
 * ISO 8601 time for a HAProxy log format, in milliseconds and UTC. `accept_date`: of the connection; `request_date`: of the request's first byte.
 * The aliases (`%Ts`) are only the time of the connection, which may be old with keep-alive.
 */
export function utcOf(date: 'accept_date' | 'request_date'): string {
  return `%[${date}(ms),ms_utime(%Y-%m-%dT%H:%M:%S.%N),bytes(0,23)]Z`;
}

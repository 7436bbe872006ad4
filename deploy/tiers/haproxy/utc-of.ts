/**
 * A time as ISO 8601 in a log format of HAProxy, in milliseconds and UTC. `accept_date`: of the connection; `request_date`: of the request's first
 * byte. The aliases (`%Ts`) tell only the connection's, which lived for long where it is kept alive.
 */
export function utcOf(date: 'accept_date' | 'request_date'): string {
  return `%[${date}(ms),ms_utime(%Y-%m-%dT%H:%M:%S.%N),bytes(0,23)]Z`;
}

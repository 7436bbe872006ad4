import { FIELD_SEPARATOR, NGINX_FIELDS, NGINX_MARK } from '../../deploy/model/access-log.ts';
import { METHODS, OTHER_METHOD, OTHER_ROUTE, ROUTE_CLASSES } from '../../deploy/model/route-classes.ts';
import { codeClass, type CodeClass } from './code-class.ts';
import { parseAmount, parseTraceId } from './fields.ts';

/** One request as logged by Nginx. All label values are from closed sets. */
export interface NginxLine {
  readonly route: string;
  readonly method: string;
  readonly code: CodeClass;
  readonly seconds: number;
  readonly bytes: number;
  /** Requests to the upstream: the first one and its retries. */
  readonly tries: readonly { readonly code: CodeClass; readonly seconds: number }[];
  readonly traceId: string | undefined;
}

const MARK = `: ${NGINX_MARK}${FIELD_SEPARATOR}`;
const FIELD_COUNT = Object.keys(NGINX_FIELDS).length;
const ROUTES: ReadonlySet<string> = new Set(ROUTE_CLASSES);
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Parses a datagram of Nginx, including its syslog header; undefined if the line is incomplete. */
export function parseNginxLine(text: string): NginxLine | undefined {
  const start = text.indexOf(MARK);
  if (start === -1) return undefined;
  const fields = text.slice(start + MARK.length).split(FIELD_SEPARATOR);
  if (fields.length !== FIELD_COUNT) return undefined;
  const [route = '', method = '', status = '', duration, bytes, upstreamStatus = '', upstreamDuration = '', traceId] =
    fields;
  const seconds = parseAmount(duration);
  const sent = parseAmount(bytes);
  const tries = parseTries(upstreamStatus, upstreamDuration);
  if (seconds === undefined || sent === undefined || tries === undefined || !/^\d{3}$/.test(status)) return undefined;
  return {
    route: ROUTES.has(route) ? route : OTHER_ROUTE,
    method: KNOWN_METHODS.has(method) ? method : OTHER_METHOD,
    code: codeClass(status),
    seconds,
    bytes: sent,
    tries,
    traceId: parseTraceId(traceId),
  };
}

const NO_TRIES: NginxLine['tries'] = [];
/** More than `proxy_next_upstream_tries` and internal redirects can cause. */
const MAX_TRIES = 16;

/** `502, 200` and `0.001, 0.020`: parallel lists. ` : ` separates the groups before and after an internal redirect. */
function parseTries(statuses: string, durations: string): NginxLine['tries'] | undefined {
  if (statuses === '-' && durations === '-') return NO_TRIES;
  const codes = statuses.split(/, | : /);
  const times = durations.split(/, | : /);
  if (codes.length !== times.length || codes.length > MAX_TRIES) return undefined;
  const tries: { code: CodeClass; seconds: number }[] = [];
  for (const [index, status] of codes.entries()) {
    const seconds = parseAmount(times[index]);
    if (seconds === undefined && times[index] !== '-') return undefined;
    if (status !== '-' && !/^\d{3}$/.test(status)) return undefined;
    // Nginx logs `-` as the time of a try that it skipped because no server was available.
    if (seconds !== undefined) tries.push({ code: codeClass(status), seconds });
  }
  return tries;
}

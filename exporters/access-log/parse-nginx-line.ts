import { FIELD_SEPARATOR, NGINX_FIELDS, NGINX_MARK } from '../../deploy/model/access-log.ts';
import { METHODS, OTHER_METHOD, OTHER_ROUTE, ROUTE_CLASSES } from '../../deploy/model/route-classes.ts';
import { codeClass, type CodeClass } from './code-class.ts';
import { parseAmount, parseTraceId } from './fields.ts';

/** One request, as Nginx saw it. Labels have no values but those of closed sets. */
export interface NginxLine {
  readonly route: string;
  readonly method: string;
  readonly code: CodeClass;
  readonly seconds: number;
  readonly bytes: number;
  /** One per try that the upstream was asked. */
  readonly tries: readonly { readonly code: CodeClass; readonly seconds: number }[];
  readonly traceId: string | undefined;
}

const MARK = `: ${NGINX_MARK}${FIELD_SEPARATOR}`;
const FIELD_COUNT = Object.keys(NGINX_FIELDS).length;
const ROUTES: ReadonlySet<string> = new Set(ROUTE_CLASSES);
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Reads the text of a datagram of Nginx, syslog header and all; undefined when it is no whole line. */
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
/** More than `proxy_next_upstream_tries` and redirects inside Nginx can make. */
const MAX_TRIES = 16;

/** `502, 200` and `0.001, 0.020`: two lists that go together. Groups after an internal redirect have ` : ` between them. */
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
    // A try that was not made, for want of a live server, took no time.
    if (seconds !== undefined) tries.push({ code: codeClass(status), seconds });
  }
  return tries;
}

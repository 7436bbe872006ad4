import {
  CHECK,
  FIELD_SEPARATOR,
  FORWARDED,
  HAPROXY_FIELDS,
  HAPROXY_MARK,
  HAPROXY_PREFIX,
  NO_SERVER,
} from '../../deploy/model/access-log.ts';
import { codeClass, type CodeClass } from './code-class.ts';
import { parseAmount, parseTraceId } from './fields.ts';

/** One request as logged by HAProxy. Names that the caller does not know are `other`. */
export interface HaproxyLine {
  /** Process and frontend, which number their lines ({@link sequence}). */
  readonly counter: string;
  readonly sequence: number;
  readonly proxy: string;
  readonly backend: string;
  /** `none`: the request went to no server. */
  readonly server: string;
  readonly code: CodeClass;
  /** Termination state, two letters, see HAProxy's manual; `--`: normal. */
  readonly termination: string;
  readonly seconds: number;
  readonly isCheck: boolean;
  /** Another proxy of the stack has already counted this request. */
  readonly isForwarded: boolean;
  /** The site failed: status 5xx except 501 and 505, which refuse a request (RFC 9110, 15.6.2 and 15.6.6). */
  readonly isError: boolean;
  readonly traceId: string | undefined;
}

/** Names that may become labels; anything else is `other`. */
export interface HaproxyNames {
  readonly proxies: ReadonlySet<string>;
  readonly servers: ReadonlySet<string>;
}

const BEGIN = `${HAPROXY_PREFIX}${HAPROXY_MARK}${FIELD_SEPARATOR}`;
const FIELD_COUNT = Object.keys(HAPROXY_FIELDS).length;

/**
 * Whether a datagram is a message instead of an access-log line. HAProxy also sends messages about a frontend to its log targets, in
 * another format. They report that the frontend stopped (at each reload), or that a client's TLS handshake failed (at each port scan).
 */
export function isMessage(text: string): boolean {
  return !text.startsWith(HAPROXY_PREFIX);
}

/** Parses a datagram of HAProxy. Only its compact part is used; undefined if that is incomplete. */
export function parseHaproxyLine(text: string, names: HaproxyNames): HaproxyLine | undefined {
  const end = text.indexOf('"', BEGIN.length);
  if (!text.startsWith(BEGIN) || end === -1) return undefined;
  const fields = text.slice(BEGIN.length, end).split(FIELD_SEPARATOR);
  if (fields.length !== FIELD_COUNT) return undefined;
  const [process = '', count, proxy = '', backend = '', server = '', status = '', ended = '', duration, kind, traceId] =
    fields;
  const sequence = parseAmount(count);
  const milliseconds = parseAmount(duration);
  if (sequence === undefined || milliseconds === undefined) return undefined;
  if (parseAmount(process) === undefined || !/^(\d{1,3}|-1)$/.test(status)) return undefined;
  const knownProxy = known(proxy, names.proxies);
  return {
    counter: `${process}${FIELD_SEPARATOR}${knownProxy}`,
    sequence,
    proxy: knownProxy,
    backend: known(backend, names.proxies),
    server: server === NO_SERVER ? 'none' : known(server, names.servers),
    code: codeClass(status),
    termination: /^[CSPLRUDKIcs-][RQCHDLT-]$/.test(ended) ? ended : 'other',
    seconds: milliseconds / 1000,
    isCheck: kind === CHECK,
    isForwarded: kind === FORWARDED,
    isError: /^5\d\d$/.test(status) && status !== '501' && status !== '505',
    traceId: parseTraceId(traceId),
  };
}

function known(name: string, names: ReadonlySet<string>): string {
  return names.has(name) ? name : 'other';
}

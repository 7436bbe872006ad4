import {
  compactFormat,
  HAPROXY_DATAGRAM_BYTES,
  HAPROXY_FIELDS,
  HAPROXY_MARK,
  HAPROXY_PREFIX,
  LOGBOOK_LINE_BYTES,
} from '../../model/access-log.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../model/topology.ts';
import { utcOf } from './utc-of.ts';

/**
 * One line per request for the monitors, and whole for the logbook beside the traces, a datagram each, which is dropped where nobody takes it;
 * printed is only what went wrong, which `log-separate-errors` raises above the level of the rest.
 */
export function renderHttpLog(topology: Topology): readonly string[] {
  const format =
    `${HAPROXY_PREFIX}${compactFormat(HAPROXY_MARK, HAPROXY_FIELDS)}",` +
    `"at":"${utcOf('request_date')}","route":"%ft","server":"%b/%s","client":"%ci:%cp","status":%ST,"ended":"%tsc",` +
    '"ms":{"request":%TR,"queue":%Tw,"connect":%Tc,"response":%Tr,"all":%Ta},"retries":"%rc",' +
    // What is longer than a target takes loses its end, where the client's own words are.
    '"trace_id":"%[var(txn.trace_id)]","request":"%HM %[capture.req.uri,json(utf8s)]","id":"%[var(txn.id),json(utf8s)]"}';
  return [
    '    no option dontlog-normal',
    '    option log-separate-errors',
    ...hostsOf(topology, 'monitor').map(
      (monitor) =>
        `    log ${addressOn(monitor, 'ops')}:${PORTS.accessLogs} len ${HAPROXY_DATAGRAM_BYTES} format raw local0 info`,
    ),
    ...hostsOf(topology, 'trace').map(
      (trace) =>
        `    log ${addressOn(trace, 'ops')}:${PORTS.logbook} len ${LOGBOOK_LINE_BYTES + 1} format raw local0 info`,
    ),
    `    log-format '${format}'`,
  ];
}

import {
  compactFormat,
  HAPROXY_DATAGRAM_BYTES,
  HAPROXY_FIELDS,
  HAPROXY_MARK,
  HAPROXY_PREFIX,
  TRACE_LOG_LINE_BYTES,
} from '../../model/access-log.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../model/topology.ts';
import { utcOf } from './utc-of.ts';

/**
 * One line per request: the compact part to the monitors, the whole line to the trace log store, each as one datagram, which is lost if the receiver is
 * down. Only failed requests go to standard output, because `log-separate-errors` gives them a higher log level.
 */
export function renderHttpLog(topology: Topology): readonly string[] {
  const format =
    `${HAPROXY_PREFIX}${compactFormat(HAPROXY_MARK, HAPROXY_FIELDS)}",` +
    `"at":"${utcOf('request_date')}","route":"%ft","server":"%b/%s","client":"%ci:%cp","status":%ST,"ended":"%tsc",` +
    '"ms":{"request":%TR,"queue":%Tw,"connect":%Tc,"response":%Tr,"all":%Ta},"retries":"%rc",' +
    // Longer lines lose their end, so client data is last.
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
        `    log ${addressOn(trace, 'ops')}:${PORTS.traceLogs} len ${TRACE_LOG_LINE_BYTES + 1} format raw local0 info`,
    ),
    `    log-format '${format}'`,
  ];
}

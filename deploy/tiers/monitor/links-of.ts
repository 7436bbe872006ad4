import { GRAFANA, type Host, type Links, PORTS, type Topology, hostsOf, publishedUrl } from '../../model/topology.ts';

/** Where a person finds what a monitor host tells of: what the stack publishes itself, unless the topology says where else. A key that is undefined is not written. */
export function linksOf(topology: Topology, host: Host): Links {
  const [mail] = hostsOf(topology, 'mail');
  const mailbox = publishedUrl(mail, PORTS.mailbox);
  const prometheus = publishedUrl(host, PORTS.prometheus);
  const alertmanager = publishedUrl(host, PORTS.alertmanager);
  const [trace] = hostsOf(topology, 'trace');
  const traces = publishedUrl(trace, PORTS.zipkin);
  return {
    ...(mailbox === undefined ? {} : { runbooks: `${mailbox}/runbooks` }),
    ...(prometheus === undefined ? {} : { prometheus }),
    ...(alertmanager === undefined ? {} : { alertmanager }),
    ...(traces === undefined ? {} : { traces }),
    // Answers where Grafana was started: its profile in the Compose file is for whoever wants the boards.
    dashboards: `http://127.0.0.1:${GRAFANA.loopbackPort}`,
    ...topology.links,
  };
}

import { GRAFANA, type Host, type Links, PORTS, type Topology, hostsOf, publishedUrl } from '../../model/topology.ts';

/** Links in the mails of a monitor host: pages that the stack publishes itself, unless the topology overrides them. Undefined keys are not written. */
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
    // Works only if Grafana was started with its Compose profile.
    dashboards: `http://127.0.0.1:${GRAFANA.loopbackPort}`,
    ...topology.links,
  };
}

import { HOST_LOST_ALERTS } from '../../deploy/tiers/monitor/inhibitions.ts';
import { routeAddress, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape } from '../alert.ts';
import { anyOf, unlessFiredWithin } from '../promql.ts';

/** Alerts of the probes that each monitor host runs. */
export function probeAlerts(topology: Topology): readonly Alert[] {
  return [siteUnreachable(topology), journeyFailing(topology), hopFailing(topology), certificateExpiring(topology)];
}

const success = (job: string, host: string): string => `probe_success{job="${job}",host="${host}"}`;

function siteUnreachable(topology: Topology): Alert {
  const { host } = routeAddress(topology, 'http');
  return {
    name: 'SiteUnreachable',
    domain: 'site',
    severity: 'critical',
    owner: 'platform',
    expr: 'max by (job, host) (probe_success{job="hop",host=~"http|https"}) == 0',
    forMs: toleratesOneMissedScrape,
    // Then the prober is down, which is a target itself.
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'The site is unreachable over {{ $labels.host }}',
    description: `A probe over {{ $labels.host }} gets no complete page from ${host}. Customers only get cached pages from the edges.`,
    cases: [
      fires(
        'neither public endpoint responds',
        { [success('hop', 'http')]: step(1, 0), [success('hop', 'https')]: step(1, 0) },
        { labels: { job: 'hop', host: 'http' } },
        { labels: { job: 'hop', host: 'https' } },
      ),
      fires(
        'one public endpoint does not respond',
        { [success('hop', 'http')]: always(1), [success('hop', 'https')]: step(1, 0) },
        { labels: { job: 'hop', host: 'https' } },
      ),
      quiet('a failover of the load balancers', {
        [success('hop', 'http')]: blip(1, 0, topology.profile.monitoring.probeIntervalMs),
        [success('hop', 'https')]: blip(1, 0, topology.profile.monitoring.probeIntervalMs),
      }),
      absent('no probes', {}),
      resolves(
        'it responds again',
        { [success('hop', 'http')]: dip(1, 0), [success('hop', 'https')]: always(1) },
        { labels: { job: 'hop', host: 'http' } },
      ),
    ],
  };
}

const journeyFailing = ({ profile: { monitoring } }: Topology): Alert => ({
  name: 'JourneyFailing',
  domain: 'site',
  severity: 'critical',
  owner: 'application',
  expr: 'max(probe_success{job="journey"}) == 0 unless on () ALERTS{alertname="SiteUnreachable",host="http"}',
  // Two probes: during a database failover one of them fails or is slow.
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'Customers cannot order',
  description: 'The synthetic transaction (log in, open a product, order it, read the order) failed twice in a row.',
  cases: [
    fires('it fails repeatedly', { [success('journey', 'shop')]: step(1, 0) }, { labels: {} }),
    quiet('one probe fails', { [success('journey', 'shop')]: blip(1, 0, monitoring.probeIntervalMs) }),
    absent('no probes', {}),
    resolves('it works again', { [success('journey', 'shop')]: dip(1, 0) }, { labels: {} }),
  ],
});

/** Both edges are up. */
const EDGES_UP = {
  'up{host="edge1",job="host",tier="edge"}': always(1),
  'up{host="edge2",job="host",tier="edge"}': always(1),
};

/** Hosts that are down have their own alerts. This one covers hops that report themselves as healthy but fail when probed. */
const hopFailing = ({ profile: { monitoring } }: Topology): Alert => ({
  name: 'HopFailing',
  domain: 'site',
  severity: 'warning',
  owner: 'platform',
  expr: unlessFiredWithin(
    HOST_LOST_ALERTS,
    monitoring.probeIntervalMs + monitoring.evaluationIntervalMs,
    // DatabaseNoWritablePrimary or JourneyFailing reports a failing write route. Reads fall back to the write route, so no other alert reports a failing read route.
    'max by (job, host) (probe_success{job="hop",host!~"http|https|db-write"}) == 0 unless on () ALERTS{alertname="SiteUnreachable",host="http"}',
  ),
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'Direct probe of {{ $labels.host }} is failing',
  description:
    'A direct probe of {{ $labels.host }} fails (host: complete page; route: database session), while no other alert reports it. Redundancy hides the fault from customers.',
  cases: [
    fires(
      'one edge returns errors',
      { ...EDGES_UP, [success('hop', 'edge1')]: step(1, 0), [success('hop', 'edge2')]: always(1) },
      { labels: { job: 'hop', host: 'edge1' } },
    ),
    fires(
      'the read route is down, and reads go to the primary',
      { ...EDGES_UP, [success('hop', 'db-read')]: step(1, 0), [success('hop', 'db-write')]: always(1) },
      { labels: { job: 'hop', host: 'db-read' } },
    ),
    quiet('one probe fails', { ...EDGES_UP, [success('hop', 'edge1')]: blip(1, 0, monitoring.probeIntervalMs) }),
    quiet('there is no primary, which other alerts report', {
      ...EDGES_UP,
      [success('hop', 'db-read')]: always(1),
      [success('hop', 'db-write')]: step(1, 0),
    }),
    absent('no probes', {}),
    resolves(
      'it returns pages again',
      { ...EDGES_UP, [success('hop', 'edge2')]: dip(1, 0) },
      { labels: { job: 'hop', host: 'edge2' } },
    ),
  ],
});

function certificateExpiring({ profile: { monitoring } }: Topology): Alert {
  const horizonS = monitoring.certificateHorizonMs / 1000;
  const days = horizonS / 86_400;
  return {
    name: 'CertificateExpiring',
    domain: 'site',
    severity: 'warning',
    owner: 'platform',
    group: 'low-priority',
    // Includes expired certificates: the prober reads the expiry of a certificate that it rejects, too.
    expr: anyOf(
      `min by (job, host) (probe_ssl_earliest_cert_expiry - time()) < ${horizonS}`,
      // Clients cannot connect to a database with an expired certificate: then other alerts report that it is down.
      `min by (job, host) (mysql_global_status_ssl_server_not_after - time()) < ${horizonS}`,
      `min by (job, host) (holdfast_mailbox_certificate_end_timestamp_seconds - time()) < ${horizonS}`,
    ),
    forMs: toleratesOneMissedScrape,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'The certificate of {{ $labels.host }} expires soon ({{ $labels.job }})',
    description: `The certificate of {{ $labels.host }} ({{ $labels.job }}) expires within ${days} days, or has expired. Browsers and other clients that verify it then refuse to connect.`,
    cases: [
      fires(
        'an older certificate is served',
        { [certificateEnds('https')]: step(2 * horizonS, horizonS - 86_400) },
        { labels: { job: 'hop', host: 'https' } },
      ),
      fires(
        'it has expired',
        { [certificateEnds('https')]: step(2 * horizonS, 1) },
        { labels: { job: 'hop', host: 'https' } },
      ),
      fires(
        'a database has not reloaded its certificate',
        {
          [databaseCertificateEnds('db1')]: always(2 * horizonS),
          [databaseCertificateEnds('db2')]: step(2 * horizonS, horizonS - 86_400),
        },
        { labels: { job: 'mysql', host: 'db2' } },
      ),
      fires(
        'the mailbox serves an older certificate',
        { [MAILBOX_CERTIFICATE_ENDS]: step(2 * horizonS, horizonS - 86_400) },
        { labels: { job: 'mailbox', host: 'mail1' } },
      ),
      quiet('the certificates of databases and the mailbox expire slightly later than the horizon', {
        [databaseCertificateEnds('db1')]: always(horizonS + 200),
        [MAILBOX_CERTIFICATE_ENDS]: always(horizonS + 200),
      }),
      quiet('it expires slightly later than the horizon', { [certificateEnds('https')]: always(horizonS + 200) }),
      quiet('one probe reaches the load balancer that is renewed last', {
        [certificateEnds('https')]: blip(2 * horizonS, horizonS - 86_400, monitoring.probeIntervalMs),
      }),
      absent('no probes', {}),
      resolves(
        'it is renewed',
        { [certificateEnds('https')]: dip(2 * horizonS, horizonS - 86_400) },
        { labels: { job: 'hop', host: 'https' } },
      ),
    ],
  };
}

const certificateEnds = (host: string): string => `probe_ssl_earliest_cert_expiry{job="hop",host="${host}"}`;
const databaseCertificateEnds = (host: string): string =>
  `mysql_global_status_ssl_server_not_after{job="mysql",host="${host}"}`;
const MAILBOX_CERTIFICATE_ENDS = 'holdfast_mailbox_certificate_end_timestamp_seconds{job="mailbox",host="mail1"}';

import { HOST_LOST_ALERTS } from '../../deploy/tiers/monitor/inhibitions.ts';
import { routeAddress, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape } from '../alert.ts';
import { anyOf, unlessToldLately } from '../promql.ts';

/** What a customer meets, asked by the prober of each monitor host. */
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
    // The prober is gone, then: its target is down.
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'The site is unreachable over {{ $labels.host }}',
    description: `A probe over {{ $labels.host }} gets no complete page from ${host}. Customers only get cached pages from the edges.`,
    cases: [
      fires(
        'neither way in answers',
        { [success('hop', 'http')]: step(1, 0), [success('hop', 'https')]: step(1, 0) },
        { labels: { job: 'hop', host: 'http' } },
        { labels: { job: 'hop', host: 'https' } },
      ),
      fires(
        'one way in does not answer',
        { [success('hop', 'http')]: always(1), [success('hop', 'https')]: step(1, 0) },
        { labels: { job: 'hop', host: 'https' } },
      ),
      quiet('a failover of the load balancers', {
        [success('hop', 'http')]: blip(1, 0, topology.profile.monitoring.probeIntervalMs),
        [success('hop', 'https')]: blip(1, 0, topology.profile.monitoring.probeIntervalMs),
      }),
      absent('nobody asks', {}),
      resolves(
        'it answers again',
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
  // Two rounds: a failover of the database makes one of them fail or wait.
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'Customers cannot order',
  description: 'The synthetic transaction (log in, open a product, order it, read the order) failed twice in a row.',
  cases: [
    fires('it fails again and again', { [success('journey', 'shop')]: step(1, 0) }, { labels: {} }),
    quiet('one round fails', { [success('journey', 'shop')]: blip(1, 0, monitoring.probeIntervalMs) }),
    absent('nobody walks', {}),
    resolves('it works again', { [success('journey', 'shop')]: dip(1, 0) }, { labels: {} }),
  ],
});

/** No edge is lost. */
const EDGES_SEEN = {
  'up{host="edge1",job="host",tier="edge"}': always(1),
  'up{host="edge2",job="host",tier="edge"}': always(1),
};

/** Whoever is lost as a whole is told by name; what is left is a hop that works in its own eyes, and not for those who ask it. */
const hopFailing = ({ profile: { monitoring } }: Topology): Alert => ({
  name: 'HopFailing',
  domain: 'site',
  severity: 'warning',
  owner: 'platform',
  expr: unlessToldLately(
    HOST_LOST_ALERTS,
    monitoring.probeIntervalMs + monitoring.evaluationIntervalMs,
    // Without the route for writes nobody can order: DatabaseNoWritablePrimary or JourneyFailing tells that. Reads go on by it, so nothing else tells of theirs.
    'max by (job, host) (probe_success{job="hop",host!~"http|https|db-write"}) == 0 unless on () ALERTS{alertname="SiteUnreachable",host="http"}',
  ),
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'Direct probe of {{ $labels.host }} is failing',
  description:
    'A direct probe of {{ $labels.host }} fails (host: complete page; route: database session), while no other alert reports it. Redundancy hides the fault from customers.',
  cases: [
    fires(
      'one edge gives errors',
      { ...EDGES_SEEN, [success('hop', 'edge1')]: step(1, 0), [success('hop', 'edge2')]: always(1) },
      { labels: { job: 'hop', host: 'edge1' } },
    ),
    fires(
      'the route for reads is dead, and reads go to the primary',
      { ...EDGES_SEEN, [success('hop', 'db-read')]: step(1, 0), [success('hop', 'db-write')]: always(1) },
      { labels: { job: 'hop', host: 'db-read' } },
    ),
    quiet('it misses one probe', { ...EDGES_SEEN, [success('hop', 'edge1')]: blip(1, 0, monitoring.probeIntervalMs) }),
    quiet('there is no primary, which other alerts tell', {
      ...EDGES_SEEN,
      [success('hop', 'db-read')]: always(1),
      [success('hop', 'db-write')]: step(1, 0),
    }),
    absent('nobody asks', {}),
    resolves(
      'it gives pages again',
      { ...EDGES_SEEN, [success('hop', 'edge2')]: dip(1, 0) },
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
    group: 'unhurried',
    // What has ended already is told as well: the prober reads the end of a certificate that it does not accept.
    expr: anyOf(
      `min by (job, host) (probe_ssl_earliest_cert_expiry - time()) < ${horizonS}`,
      // Nobody gets into a database whose certificate has ended: then other alerts tell that it is lost.
      `min by (job, host) (mysql_global_status_ssl_server_not_after - time()) < ${horizonS}`,
      `min by (job, host) (holdfast_mailbox_certificate_end_timestamp_seconds - time()) < ${horizonS}`,
    ),
    forMs: toleratesOneMissedScrape,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'The certificate of {{ $labels.host }} expires soon ({{ $labels.job }})',
    description: `The certificate of {{ $labels.host }} ({{ $labels.job }}) expires within ${days} days, or has expired. Browsers and other clients that verify it then refuse to connect.`,
    cases: [
      fires(
        'what is shown is suddenly an older one',
        { [certificateEnds('https')]: step(2 * horizonS, horizonS - 86_400) },
        { labels: { job: 'hop', host: 'https' } },
      ),
      fires(
        'it has ended',
        { [certificateEnds('https')]: step(2 * horizonS, 1) },
        { labels: { job: 'hop', host: 'https' } },
      ),
      fires(
        'a database has read no new one since it was started',
        {
          [databaseCertificateEnds('db1')]: always(2 * horizonS),
          [databaseCertificateEnds('db2')]: step(2 * horizonS, horizonS - 86_400),
        },
        { labels: { job: 'mysql', host: 'db2' } },
      ),
      fires(
        'the mailbox shows an older one',
        { [MAILBOX_CERTIFICATE_ENDS]: step(2 * horizonS, horizonS - 86_400) },
        { labels: { job: 'mailbox', host: 'mail1' } },
      ),
      quiet('those of databases and the mailbox have a little more time', {
        [databaseCertificateEnds('db1')]: always(horizonS + 200),
        [MAILBOX_CERTIFICATE_ENDS]: always(horizonS + 200),
      }),
      quiet('there is a little more time', { [certificateEnds('https')]: always(horizonS + 200) }),
      quiet('one probe met the load balancer that was renewed last', {
        [certificateEnds('https')]: blip(2 * horizonS, horizonS - 86_400, monitoring.probeIntervalMs),
      }),
      absent('nobody asks', {}),
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

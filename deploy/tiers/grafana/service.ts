import { GRAFANA } from '../../model/topology.ts';
import { secretsOf } from '../../model/secrets.ts';
import { BOARDS_FOLDER } from './render.ts';

/** The last release with a built-in Zipkin data source. Later ones download a plugin, which is impossible without outbound access. */
const IMAGE = 'grafana/grafana:13.1.0';

/** Grafana, in the Compose profile `grafana`. It uses the upstream image and is not started by `up`. */
export function renderGrafanaService(labels: Readonly<Record<string, string>>) {
  const [secret = ''] = secretsOf('grafana');
  return {
    image: `\${HOLDFAST_GRAFANA_IMAGE:-${IMAGE}}`,
    container_name: 'holdfast-grafana',
    hostname: 'grafana',
    // Only root can read the secret files. The container has no capabilities, so root has few other privileges.
    user: '0:0',
    profiles: ['grafana'],
    labels,
    restart: 'unless-stopped',
    stop_grace_period: '12s',
    cap_drop: ['ALL'],
    cap_add: [],
    security_opt: ['no-new-privileges:true'],
    mem_limit: '512m',
    pids_limit: 512,
    environment: {
      GF_SECURITY_ADMIN_PASSWORD__FILE: `/run/secrets/${secret}`,
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_DISABLE_GRAVATAR: 'true',
      GF_SERVER_HTTP_PORT: `${GRAFANA.port}`,
      GF_SERVER_ROOT_URL: `http://127.0.0.1:${GRAFANA.loopbackPort}/`,
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${BOARDS_FOLDER}/holdfast-overview.json`,
      // There is no outbound access, and no data may be sent to third parties.
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    },
    networks: {
      ops: { ipv4_address: GRAFANA.addresses.ops },
      publish: { ipv4_address: GRAFANA.addresses.publish },
    },
    ports: [`127.0.0.1:${GRAFANA.loopbackPort}:${GRAFANA.port}`],
    volumes: [
      './deploy/rendered/grafana:/etc/grafana/provisioning:ro',
      `./dashboards/generated:${BOARDS_FOLDER}:ro`,
      // Below Grafana's static files, so that links in dashboards can open them.
      './alerts/runbooks:/usr/share/grafana/public/runbooks:ro',
    ],
    // All dashboards come from committed files, so there is no state to persist.
    tmpfs: ['/var/lib/grafana:size=256m'],
    secrets: secretsOf('grafana'),
    healthcheck: {
      test: ['CMD', 'wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${GRAFANA.port}/api/health`],
      interval: '30s',
      timeout: '5s',
      retries: 2,
      start_period: '120s',
      start_interval: '1s',
    },
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  } as const;
}

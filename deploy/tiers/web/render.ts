import { compactFormat, NGINX_FIELDS, NGINX_MARK } from '../../model/access-log.ts';
import type { RenderedFile } from '../../model/rendered-file.ts';
import { responseTimeoutMs } from '../../model/response-timeout.ts';
import { METHODS, OTHER_METHOD, OTHER_ROUTE, routeExpressions } from '../../model/route-classes.ts';
import { SECURITY_HEADERS } from '../../model/security-headers.ts';
import {
  addressOn,
  dependenciesOf,
  dependencyAddress,
  hostsOf,
  PORTS,
  type Host,
  type Topology,
} from '../../model/topology.ts';
import { renderToxiproxy } from '../toxiproxy/render.ts';

/** Every configuration file of a web host. */
export function renderWeb(topology: Topology, host: Host): readonly RenderedFile[] {
  return [{ path: 'nginx.conf', text: renderNginx(topology, host) }, ...renderToxiproxy(topology, host)];
}

/**
 * Idle connections are closed well before HAProxy, at the other end, would: who closes must not be who is just being asked.
 * In seconds.
 */
function keepaliveSeconds(topology: Topology): number {
  return Math.floor(topology.profile.client.idleMs / 2_000);
}

function renderNginx(topology: Topology, host: Host): string {
  const { profile } = topology;
  const upstreams = dependenciesOf(topology, 'web')
    .map((dependency) => dependencyAddress(topology, dependency))
    .map((address) => `${address.host}:${address.port}`);
  return `# Rendered from deploy/model/topology.ts for ${host.name}.
worker_processes auto;
pid /run/nginx/nginx.pid;
# No warnings: while a monitor is away, one of them tells of each request that its line was not sent.
error_log stderr error;
pcre_jit on;
worker_shutdown_timeout ${Math.ceil(responseTimeoutMs(profile, 'web') / 1000)}s;

events {
    worker_connections 4096;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens off;
    charset utf-8;
    charset_types text/css application/javascript text/javascript image/svg+xml application/json;

    client_body_temp_path /run/nginx/body;
    proxy_temp_path /run/nginx/proxy;
    fastcgi_temp_path /run/nginx/fastcgi;
    uwsgi_temp_path /run/nginx/uwsgi;
    scgi_temp_path /run/nginx/scgi;

${renderRequestLog(topology)}
    # Printed is only what went wrong or took long: lines for everything else would cost more than the requests.
    map $status $failed {
        ~^[1234] 0;
        default 1;
    }
    map $request_time $slow {
        ~^0\\. 0;
        default 1;
    }
    map $failed$slow $worth_a_line {
        00 0;
        default 1;
    }
    # What a client wrote comes last: of a line that is too long for the logbook the end is lost.
    log_format json escape=json '{"time":"$time_iso8601","host":"${host.name}","status":"$status","seconds":"$request_time",'
        '"upstream":{"connect":"$upstream_connect_time","header":"$upstream_header_time","all":"$upstream_response_time","status":"$upstream_status"},'
        '"trace_id":"$trace_id","client":"$http_x_forwarded_for","id":"$id","request":"$request"}';
    access_log /dev/stdout json if=$worth_a_line;
${renderLogbookTargets(topology)}

    map $http_x_request_id $id {
        "" $request_id;
        default $http_x_request_id;
    }
    map $http_x_forwarded_proto $proto {
        "" $scheme;
        default $http_x_forwarded_proto;
    }

    sendfile on;
    tcp_nopush on;
    keepalive_timeout ${2 * keepaliveSeconds(topology) + 5}s;
    keepalive_requests 100000;
    client_max_body_size 64k;
    client_body_buffer_size 64k;
    # More than the first hop lets through: what is too large is refused there, with one status.
    large_client_header_buffers 8 16k;
    open_file_cache max=1000 inactive=60s;
    gzip_static on;
    gzip on;
    gzip_vary on;
    gzip_proxied any;
    gzip_min_length 1024;
    gzip_types text/css text/plain application/json application/javascript text/javascript image/svg+xml;

    upstream app-pool {
${upstreams.map((address) => `        # Twice: a try that failed before anything was sent may be made again.\n        server ${address} max_fails=0;\n        server ${address} max_fails=0;`).join('\n')}
        keepalive 64;
        keepalive_requests 100000;
        keepalive_timeout ${keepaliveSeconds(topology)}s;
    }

    server {
        listen ${addressOn(host, 'app')}:${PORTS.nginx} default_server backlog=1024;
        listen 127.0.0.1:${PORTS.nginx} default_server;
        root /opt/holdfast/web;

${securityHeaders(8)}

        # This host itself, whatever the application does: the load balancers and the edges ask here.
        location = /healthz {
            access_log off;
            default_type text/plain;
            return 200 "ok\\n";
        }

        # Names carry the fingerprint of what is in them, so they may be kept for ever.
        location /static/ {
            try_files $uri =404;
            add_header Cache-Control "public, max-age=31536000, immutable";
${securityHeaders(12)}
        }
        location = /favicon.ico {
            return 204;
        }

        location / {
            proxy_pass http://app-pool;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            # The application sends them as well, for who asks it directly.
${Object.keys(SECURITY_HEADERS)
  .map((name) => `            proxy_hide_header ${name};`)
  .join('\n')}
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $proto;
            proxy_set_header X-Request-ID $id;
            proxy_connect_timeout ${profile.client.connectMs}ms;
            proxy_read_timeout ${responseTimeoutMs(profile, 'web')}ms;
            proxy_send_timeout ${profile.client.writeQueryMs}ms;
            # Only a connection that broke: the load balancer may have just been replaced. What the application failed at is tried again by the entries.
            # A request that changes something is sent a second time only if the first try never left (Nginx' rule for POST).
            proxy_next_upstream error;
            proxy_next_upstream_tries 2;
            proxy_next_upstream_timeout ${profile.client.writeQueryMs}ms;
            proxy_buffers 16 16k;
            proxy_buffer_size 16k;
        }

        error_page 404 /errors/404.html;
        error_page 502 503 504 /errors/unavailable.html;
        location ^~ /errors/ {
            internal;
            add_header Cache-Control no-store always;
${securityHeaders(12)}
        }
    }

    server {
        listen ${addressOn(host, 'ops')}:${PORTS.nginxStatus};
        access_log off;
        # Only the exporters of the monitors ask.
${hostsOf(topology, 'monitor')
  .map((monitor) => `        allow ${addressOn(monitor, 'ops')};`)
  .join('\n')}
        deny all;
        location = /stub_status {
            stub_status;
        }
        location / {
            return 404;
        }
    }
}
`;
}

/** Nginx adds the headers of a level only where the level below adds none: each that adds one repeats them. */
function securityHeaders(indent: number): string {
  return Object.entries(SECURITY_HEADERS)
    .map(([name, value]) => `${' '.repeat(indent)}add_header ${name} "${value}" always;`)
    .join('\n');
}

/**
 * One line per request for the monitors, a datagram each, which is dropped where nobody takes it. What the client asked for is named by its
 * class and by nothing else.
 */
function renderRequestLog(topology: Topology): string {
  const routes = routeExpressions().map(([expression, route]) => `        "~${expression}" ${route};`);
  const targets = hostsOf(topology, 'monitor').map((monitor) =>
    renderLogTarget(`${addressOn(monitor, 'ops')}:${PORTS.accessLogs}`, 'compact'),
  );
  return `    map $request_uri $route {
${routes.join('\n')}
        default ${OTHER_ROUTE};
    }
    map $request_method $method {
${METHODS.map((method) => `        ${method} ${method};`).join('\n')}
        default ${OTHER_METHOD};
    }
    map $http_traceparent $trace_id {
        "~^[0-9a-f][0-9a-f]-([0-9a-f]{32})-" $1;
        default -;
    }
    log_format compact '${compactFormat(NGINX_MARK, NGINX_FIELDS)}';
${targets.join('\n')}
`;
}

/** The whole line of each request for the logbook beside the traces, under the same conditions. */
function renderLogbookTargets(topology: Topology): string {
  const targets = hostsOf(topology, 'trace').map((trace) =>
    renderLogTarget(`${addressOn(trace, 'ops')}:${PORTS.logbook}`, 'json'),
  );
  return targets.join('\n');
}

function renderLogTarget(address: string, format: 'compact' | 'json'): string {
  return `    access_log syslog:server=${address},facility=local7,severity=info,tag=nginx,nohostname ${format};`;
}

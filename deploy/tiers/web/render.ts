import { compactFormat, NGINX_FIELDS, NGINX_MARK } from '../../model/access-log.ts';
import { reload, type RenderedFile } from '../../model/rendered-file.ts';
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
  return [
    { path: 'nginx.conf', text: renderNginx(topology, host), onChange: reload('nginx') },
    ...renderToxiproxy(topology, host),
  ];
}

/**
 * Keep-alive timeout of idle upstream connections, in seconds. Nginx closes them well before HAProxy does, so that HAProxy never closes a connection
 * while Nginx sends a request.
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
# No warnings: while a monitor is down, Nginx would warn about every line that it could not send.
error_log stderr error;
# The script that reloads Nginx reads why it did not apply a configuration.
error_log /run/nginx/emergency.log emerg;
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
    # Only failed and slow requests are written to standard output: lines for all others would cost more than the requests.
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
    # Client data is last, because a line that is too long for the trace log store loses its end.
    log_format json escape=json '{"time":"$time_iso8601","host":"${host.name}","status":"$status","seconds":"$request_time",'
        '"upstream":{"connect":"$upstream_connect_time","header":"$upstream_header_time","all":"$upstream_response_time","status":"$upstream_status"},'
        '"trace_id":"$trace_id","client":"$http_x_forwarded_for","id":"$id","request":"$request"}';
    access_log /dev/stdout json if=$worth_a_line;
${renderTraceLogTargets(topology)}

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
    # More than the limits of the first hop, which rejects oversized requests with a consistent status.
    large_client_header_buffers 8 16k;
    open_file_cache max=1000 inactive=60s;
    gzip_static on;
    gzip on;
    gzip_vary on;
    gzip_proxied any;
    gzip_min_length 1024;
    gzip_types text/css text/plain application/json application/javascript text/javascript image/svg+xml;

    upstream app-pool {
${upstreams.map((address) => `        # Listed twice, so that Nginx retries a failed connect once.\n        server ${address} max_fails=0;\n        server ${address} max_fails=0;`).join('\n')}
        keepalive 64;
        keepalive_requests 100000;
        keepalive_timeout ${keepaliveSeconds(topology)}s;
    }

    server {
        listen ${addressOn(host, 'app')}:${PORTS.nginx} default_server backlog=1024;
        listen 127.0.0.1:${PORTS.nginx} default_server;
        root /opt/holdfast/web;

${securityHeaders(8)}

        # Health of this host only, independent of the application, for load balancers and edges.
        location = /healthz {
            access_log off;
            default_type text/plain;
            return 200 "ok\\n";
        }

        # Names contain a fingerprint of the content, so files may be cached forever.
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
            # The application also sends the security headers, for direct requests.
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
            # Retries only after a connection error, for example during a failover of the load balancer. The entries retry failures of the application.
            # Nginx does not retry a non-idempotent request that was already sent.
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
        # Only for the exporters of the monitors.
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

/** Nginx inherits `add_header` only into levels without an own one, so each level that adds a header must repeat these. */
function securityHeaders(indent: number): string {
  return Object.entries(SECURITY_HEADERS)
    .map(([name, value]) => `${' '.repeat(indent)}add_header ${name} "${value}" always;`)
    .join('\n');
}

/**
 * One compact line per request for the monitors, each as one datagram, which is lost if the receiver is down. It contains only the route class
 * of the requested URL.
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

/** The whole line of each request for the trace log store, also as datagrams. */
function renderTraceLogTargets(topology: Topology): string {
  const targets = hostsOf(topology, 'trace').map((trace) =>
    renderLogTarget(`${addressOn(trace, 'ops')}:${PORTS.traceLogs}`, 'json'),
  );
  return targets.join('\n');
}

function renderLogTarget(address: string, format: 'compact' | 'json'): string {
  return `    access_log syslog:server=${address},facility=local7,severity=info,tag=nginx,nohostname ${format};`;
}

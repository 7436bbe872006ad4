vcl 4.1;

# Rendered from deploy/model/topology.ts for edge2.

import std;

probe healthz {
    .request =
        "GET /healthz HTTP/1.1"
        "Host: shop.test"
        "Connection: close";
    .interval = 0.5s;
    .timeout = 0.4s;
    # Unhealthy after `fall` consecutive failed checks, healthy again after `rise` successful ones.
    .window = 3;
    .threshold = 2;
    .initial = 2;
}

backend origin {
    .host = "127.0.0.1";
    .port = "18080";
    .connect_timeout = 0.4s;
    .first_byte_timeout = 12s;
    .between_bytes_timeout = 2s;
    .probe = healthz;
}

sub vcl_recv {
    if (req.url == "/.edge/healthz") {
        return (synth(200, "ok"));
    }
    if (req.restarts == 0) {
        unset req.http.X-Edge-Stale;
        unset req.http.X-Edge-Ttl;
        # HAProxy has set the client address. Varnish appends the address of its own peer, which is a socket and has none.
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, ",[^,]*$", "");
    }
    # Only HAProxy on this host can connect, and it accepts purges only from the ops network.
    if (req.method == "PURGE") {
        call normalize_url;
        return (purge);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    call normalize_url;
    # The cached copy is too old to serve while the origin is healthy: fetch a new one, concurrently with other such requests.
    set req.hash_always_miss = (req.http.X-Edge-Stale == "found");

    # Fingerprinted files are the same for all clients.
    if (req.url ~ "^/static/") {
        unset req.http.Cookie;
        unset req.http.Authorization;
        return (hash);
    }
    # Only the application's own cookies make a page personal. All other cookies are ignored.
    std.collect(req.http.Cookie, "; ");
    if (req.http.Cookie !~ "(^|;[ ]*)(hf_session|hf_gtid)=") {
        unset req.http.Cookie;
    }
    if (req.http.Cookie || req.http.Authorization) {
        return (pass);
    }
    return (hash);
}

sub normalize_url {
    if (req.url ~ "[?&](utm_[a-z_]+|gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|twclid|ttclid|yclid|igshid|li_fat_id|srsltid|mc_[ce]id|_ga|_gl)(=|&|$)") {
        set req.url = regsuball(req.url, "(?<=[?&])(utm_[a-z_]+|gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|twclid|ttclid|yclid|igshid|li_fat_id|srsltid|mc_[ce]id|_ga|_gl)(=[^&]*)?(&|$)", "");
        set req.url = regsub(req.url, "[?&]$", "");
    }
}

sub vcl_backend_response {
    # A 429 of the load balancer is about one client, not about the page: it must not replace the cached copy of other clients.
    if (beresp.status >= 500 || beresp.status == 429) {
        # An error must not replace a good copy: a background fetch is abandoned, and the cached object stays.
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        # Requests that waited for this fetch are sent to the origin concurrently. If there is a stale copy, no request waits, and a hit-for-miss
        # object would hide the copy.
        set beresp.ttl = 1s;
        if (bereq.http.X-Edge-Stale) {
            set beresp.ttl = 0s;
        }
        return (deliver);
    }
    # Only responses with explicit freshness are cached.
    if (!beresp.http.Cache-Control && !beresp.http.Expires) {
        set beresp.ttl = 120s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    if (bereq.url ~ "^/static/") {
        unset beresp.http.Set-Cookie;
    }
    if (beresp.ttl > 0s && beresp.http.Cache-Control !~ "(?i)(must|proxy)-revalidate") {
        set beresp.grace = 24h;
    }
    # Varnish's built-in rules follow: responses with Set-Cookie, private, no-store or Vary: * are not cached.
}

sub vcl_backend_fetch {
    if (bereq.retries == 0) {
        set bereq.http.X-Edge-Since = now;
    }
}

sub vcl_backend_error {
    if (bereq.is_bgfetch) {
        return (abandon);
    }
    # No response at all, for example after a crash of a load balancer: a retry may reach another one.
    if ((bereq.method == "GET" || bereq.method == "HEAD") && bereq.retries == 0
        && now - std.time(bereq.http.X-Edge-Since, now) < 2s) {
        return (retry);
    }
    set beresp.http.Content-Type = "text/html; charset=utf-8";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    set beresp.ttl = 1s;
    set beresp.grace = 0s;
    set beresp.uncacheable = true;
    if (bereq.http.X-Edge-Stale) {
        set beresp.ttl = 0s;
    }
    set beresp.body = {"<!doctype html><html lang="en"><meta charset="utf-8"><title>The shop is busy for a moment</title>"}
        + {"<h1>The shop is busy for a moment</h1><p>Please try again."};
    return (deliver);
}

sub vcl_hit {
    set req.http.X-Edge-Ttl = obj.ttl;
    # Too old to serve while the origin is healthy, unless the origin has just failed.
    if (obj.ttl + 30s < 0s && std.healthy(req.backend_hint) && !req.http.X-Edge-Stale) {
        set req.http.X-Edge-Stale = "found";
        return (restart);
    }
}

sub vcl_deliver {
    # The origin failed, or rejected this client, and there is a stale copy: serve it.
    if ((resp.status >= 500 || resp.status == 429) && req.http.X-Edge-Stale == "found") {
        set req.http.X-Edge-Stale = "shown";
        return (restart);
    }
    if (obj.uncacheable) {
        set resp.http.X-Cache = "PASS";
    } else if (obj.hits == 0) {
        set resp.http.X-Cache = "MISS";
    } else if (req.http.X-Edge-Ttl ~ "^-") {
        set resp.http.X-Cache = "STALE";
    } else {
        set resp.http.X-Cache = "HIT";
    }
    set resp.http.X-Served-By = "edge2";
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    # Without Age, browsers do not subtract the time in the edge's cache from max-age; s-maxage is only for the edge.
    if (req.url !~ "^/static/") {
        unset resp.http.Age;
    }
}

sub vcl_synth {
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.http.X-Served-By = "edge2";
    set resp.body = "" + resp.status + " " + resp.reason + {"
"};
    return (deliver);
}

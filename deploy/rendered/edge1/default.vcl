vcl 4.1;

# Rendered from deploy/topology.ts for edge1.

import std;

probe healthz {
    .request =
        "GET /healthz HTTP/1.1"
        "Host: origin"
        "Connection: close";
    .interval = 0.5s;
    .timeout = 0.4s;
    # Out after `fall` failed checks of a window, in again after `rise` good ones.
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

# Who may remove objects: the host itself and the operators' network.
acl purgers {
    "127.0.0.1";
    "198.18.3.0"/24;
}

sub vcl_recv {
    if (req.url == "/.edge/healthz") {
        return (synth(200, "ok"));
    }
    if (req.restarts == 0) {
        unset req.http.X-Edge-Stale;
    }
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(405));
        }
        return (purge);
    }
    if (req.http.Upgrade) {
        return (synth(501));
    }

    # A well origin gets the chance to answer; an ill one is spared, and so is a request that failed a moment ago.
    if (std.healthy(req.backend_hint) && !req.http.X-Edge-Stale) {
        set req.grace = 30s;
    }

    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # Files whose name changes with what is in them are the same for everybody.
    if (req.url ~ "^/static/") {
        unset req.http.Cookie;
        unset req.http.Authorization;
        return (hash);
    }
    # Whoever has a cookie may be shown something of his own.
    if (req.http.Cookie || req.http.Authorization) {
        return (pass);
    }
    return (hash);
}

sub vcl_backend_response {
    if (beresp.status >= 500) {
        # Never in place of something good: a fetch in the background ends here, and what was there stays.
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        if (beresp.status <= 504 && beresp.status != 501 && (bereq.method == "GET" || bereq.method == "HEAD") && bereq.retries == 0) {
            return (retry);
        }
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # Only what says that it may be kept is kept.
    if (!beresp.http.Cache-Control && !beresp.http.Expires) {
        set beresp.ttl = 0s;
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
    # The rest is Varnish' own rule: nothing with Set-Cookie, private, no-store or Vary: * is kept.
}

sub vcl_backend_error {
    if ((bereq.method == "GET" || bereq.method == "HEAD") && bereq.retries == 0) {
        return (retry);
    }
    set beresp.http.Content-Type = "text/html; charset=utf-8";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    set beresp.body = {"<!doctype html><html lang="en"><meta charset="utf-8"><title>The shop is busy for a moment</title>"}
        + {"<h1>The shop is busy for a moment</h1><p>Please try again."};
    return (deliver);
}

sub vcl_hit {
    set req.http.X-Edge-Ttl = obj.ttl;
}

sub vcl_deliver {
    # The origin failed: something old, if there is anything, is better.
    if (resp.status >= 500 && req.restarts == 0 && (req.method == "GET" || req.method == "HEAD")
        && (req.url ~ "^/static/" || (!req.http.Cookie && !req.http.Authorization))) {
        set req.http.X-Edge-Stale = "1";
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
    set resp.http.X-Served-By = "edge1";
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    # Browsers keep pages for themselves no longer than they are told for that: s-maxage is the edge's.
    if (req.url !~ "^/static/") {
        unset resp.http.Age;
    }
}

sub vcl_synth {
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.http.X-Served-By = "edge1";
    set resp.body = "" + resp.status + " " + resp.reason + {"
"};
    return (deliver);
}

vcl 4.1;

# Rendered from deploy/model/topology.ts for edge1.

import std;

probe healthz {
    .request =
        "GET /healthz HTTP/1.1"
        "Host: shop.test"
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

sub vcl_recv {
    if (req.url == "/.edge/healthz") {
        return (synth(200, "ok"));
    }
    if (req.restarts == 0) {
        unset req.http.X-Edge-Stale;
        unset req.http.X-Edge-Ttl;
        # HAProxy has named the client. Varnish appends the address of its socket's other end, which is none.
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, ",[^,]*$", "");
    }
    # Only the socket of this host's HAProxy leads here, and that takes purges from the operators' network alone.
    if (req.method == "PURGE") {
        call normalize_url;
        return (purge);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    call normalize_url;
    # There is an old copy, too old to be shown while the origin may have a better one: fetch that, side by side with others who do.
    set req.hash_always_miss = (req.http.X-Edge-Stale == "found");

    # Files whose name changes with what is in them are the same for everybody.
    if (req.url ~ "^/static/") {
        unset req.http.Cookie;
        unset req.http.Authorization;
        return (hash);
    }
    # Only the application's own cookies can make a page somebody's own. Whatever else a browser sends is not for this site.
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
    # A load balancer that refuses one client (429) says nothing about the page either: others must not lose their copy by it.
    if (beresp.status >= 500 || beresp.status == 429) {
        # Never in place of something good: a fetch in the background ends here, and what was there stays.
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        # Requests that waited for this one ask for themselves, all at once. Where there is an old copy, nobody waits, and a mark would hide it.
        set beresp.ttl = 1s;
        if (bereq.http.X-Edge-Stale) {
            set beresp.ttl = 0s;
        }
        return (deliver);
    }
    # Only what says that it may be kept is kept.
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
    # The rest is Varnish' own rule: nothing with Set-Cookie, private, no-store or Vary: * is kept.
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
    # No answer at all, as when a load balancer crashes: another one may give it.
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
    # Too old to be shown while the origin is healthy, unless the origin has just failed.
    if (obj.ttl + 30s < 0s && std.healthy(req.backend_hint) && !req.http.X-Edge-Stale) {
        set req.http.X-Edge-Stale = "found";
        return (restart);
    }
}

sub vcl_deliver {
    # The origin failed, or refused this client, and there is something old: that is better.
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

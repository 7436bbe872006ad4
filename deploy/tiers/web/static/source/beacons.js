// Sends RUM beacons to the shop: page views, web vitals and script errors. They contain only the route class of the page: no URL, no error message
// and no visitor. Definitions of the vitals: https://web.dev/articles/vitals.
{
  const ENDPOINT = '/api/beacons';
  /** Maximum number of reported errors per page, for scripts that fail in a loop. */
  const MAX_ERRORS = 10;
  /** INP ignores one outlier per this many interactions. */
  const INTERACTIONS_PER_OUTLIER = 50;
  const MAX_INTERACTIONS = 10;

  const route = document.documentElement.dataset.route ?? 'other';
  let events = [];
  let errors = 0;
  let isFinal = false;

  const add = (kind) => events.push({ kind });
  const addVital = (name, value) => events.push({ kind: 'vital', name, value: Math.round(value * 10_000) / 10_000 });

  function send() {
    // The server takes 20 events at a time.
    while (events.length > 0) {
      const body = JSON.stringify({ route, events: events.splice(0, 20) });
      if (navigator.sendBeacon?.(ENDPOINT, body) === true) continue;
      // Lost beacons are not retried.
      fetch(ENDPOINT, { method: 'POST', body, keepalive: true }).catch(() => undefined);
    }
  }

  // A background page paints only when it becomes visible. So paints after the page was first hidden are not measured.
  const wasHidden = performance.getEntriesByType('visibility-state').some(({ name }) => name === 'hidden');
  let firstHiddenAt = wasHidden || document.visibilityState === 'hidden' ? 0 : Infinity;

  /** Calls `onEntry` for every entry of a type; does nothing if the browser does not support it. */
  function observe(type, onEntry, options = {}) {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return undefined;
    const take = (entries) => entries.forEach(onEntry);
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type, buffered: true, ...options });
    return () => take(observer.takeRecords());
  }

  let fcp;
  let lcp;
  /** Durations of the slowest interactions in milliseconds, by ID. */
  const interactions = new Map();
  let interactionsSeen = 0;
  let cls = 0;
  let shift = { sum: 0, first: 0, last: 0 };

  const flushes = [
    observe('paint', ({ name, startTime }) => {
      if (name === 'first-contentful-paint' && startTime < firstHiddenAt) fcp = startTime;
    }),
    // The browser stops reporting at the first input.
    observe('largest-contentful-paint', ({ startTime }) => {
      if (startTime < firstHiddenAt) lcp = startTime;
    }),
    observe('layout-shift', ({ startTime, value, hadRecentInput }) => {
      if (hadRecentInput) return;
      // Shifts less than 1 s apart form a session window of at most 5 s.
      const isSame = startTime - shift.last < 1_000 && startTime - shift.first < 5_000;
      shift = isSame
        ? { sum: shift.sum + value, first: shift.first, last: startTime }
        : { sum: value, first: startTime, last: startTime };
      cls = Math.max(cls, shift.sum);
    }),
    observe('event', recordInteraction, { durationThreshold: 40 }),
    observe('first-input', recordInteraction),
  ].filter((flush) => flush !== undefined);

  function recordInteraction({ interactionId, duration }) {
    if (!interactionId) return;
    const known = interactions.get(interactionId);
    if (known === undefined) interactionsSeen += 1;
    interactions.set(interactionId, Math.max(known ?? 0, duration));
    if (interactions.size <= MAX_INTERACTIONS) return;
    const [fastest] = [...interactions].sort(([, one], [, other]) => one - other)[0];
    interactions.delete(fastest);
  }

  function inp() {
    const slowest = [...interactions.values()].sort((one, other) => other - one);
    const count = performance.interactionCount ?? interactionsSeen;
    return slowest[Math.min(slowest.length - 1, Math.floor(count / INTERACTIONS_PER_OUTLIER))];
  }

  /** Sends the events that are known after loading. */
  function sendStart() {
    const [navigation] = performance.getEntriesByType('navigation');
    const ttfb = navigation?.responseStart ?? 0;
    // Zero: the browser does not report it.
    if (ttfb > 0) addVital('ttfb', ttfb / 1_000);
    send();
  }

  /** Adds the vitals that are final when the page is left. Only once, because the page may be shown again. */
  function addFinal() {
    if (isFinal) return;
    isFinal = true;
    for (const flush of flushes) flush();
    if (fcp !== undefined) addVital('fcp', fcp / 1_000);
    if (lcp !== undefined) addVital('lcp', lcp / 1_000);
    // A page that was never painted has no layout shifts.
    if (fcp !== undefined && PerformanceObserver.supportedEntryTypes.includes('layout-shift')) addVital('cls', cls);
    const slow = inp();
    if (slow !== undefined) addVital('inp', slow / 1_000);
  }

  function onHidden(at) {
    firstHiddenAt = Math.min(firstHiddenAt, at);
    addFinal();
    send();
  }

  function onError() {
    if (errors >= MAX_ERRORS) return;
    errors += 1;
    add('error');
  }

  add('view');
  if (document.referrer.startsWith(`${location.origin}/`)) add('route-change');

  window.addEventListener('error', onError);
  window.addEventListener('unhandledrejection', onError);
  // Navigations within the document; the next document reports navigations to it.
  window.navigation?.addEventListener('currententrychange', ({ navigationType }) => {
    if (navigationType === 'push' || navigationType === 'traverse') add('route-change');
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) add('view');
  });
  document.addEventListener('visibilitychange', ({ timeStamp }) => {
    if (document.visibilityState === 'hidden') onHidden(timeStamp);
  });
  // Not every browser emits `visibilitychange` when a page is left.
  window.addEventListener('pagehide', ({ timeStamp }) => onHidden(timeStamp));
  if (document.readyState === 'complete') sendStart();
  else window.addEventListener('load', () => setTimeout(sendStart));
}

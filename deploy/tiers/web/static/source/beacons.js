// Tells the shop how its pages do for the people who open them: that one was shown, how fast it was, whether a script failed. It names
// the class of the page and nothing else: no address, no message, nobody. What the numbers mean: https://web.dev/articles/vitals.
{
  const ENDPOINT = '/api/beacons';
  /** A script that fails in a loop is told of often enough by this. */
  const MOST_ERRORS = 10;
  /** Of so many interactions one may be slower than the one that is told. */
  const INTERACTIONS_PER_OUTLIER = 50;
  const SLOWEST_KEPT = 10;

  const route = document.documentElement.dataset.route ?? 'other';
  let events = [];
  let errors = 0;
  let isFinal = false;

  const tell = (kind) => events.push({ kind });
  const tellVital = (name, value) => events.push({ kind: 'vital', name, value: Math.round(value * 10_000) / 10_000 });

  function send() {
    // The server takes 20 events at a time.
    while (events.length > 0) {
      const body = JSON.stringify({ route, events: events.splice(0, 20) });
      if (navigator.sendBeacon?.(ENDPOINT, body) === true) continue;
      // A beacon that is lost is lost: nobody waits for it.
      fetch(ENDPOINT, { method: 'POST', body, keepalive: true }).catch(() => undefined);
    }
  }

  // A page in the background paints when somebody comes to look, however fast it was: what comes after it was first hidden says nothing.
  const wasHidden = performance.getEntriesByType('visibility-state').some(({ name }) => name === 'hidden');
  let firstHiddenAt = wasHidden || document.visibilityState === 'hidden' ? 0 : Infinity;

  /** Calls for every entry of a type; what a browser does not know is not told. */
  function observe(type, onEntry, options = {}) {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return undefined;
    const take = (entries) => entries.forEach(onEntry);
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type, buffered: true, ...options });
    return () => take(observer.takeRecords());
  }

  let fcp;
  let lcp;
  /** Milliseconds of the slowest interactions, by their id. */
  const interactions = new Map();
  let interactionsSeen = 0;
  let cls = 0;
  let shift = { sum: 0, first: 0, last: 0 };

  const flushes = [
    observe('paint', ({ name, startTime }) => {
      if (name === 'first-contentful-paint' && startTime < firstHiddenAt) fcp = startTime;
    }),
    // The browser itself stops at the first input.
    observe('largest-contentful-paint', ({ startTime }) => {
      if (startTime < firstHiddenAt) lcp = startTime;
    }),
    observe('layout-shift', ({ startTime, value, hadRecentInput }) => {
      if (hadRecentInput) return;
      // Shifts less than a second apart belong together, five seconds at most.
      const isSame = startTime - shift.last < 1_000 && startTime - shift.first < 5_000;
      shift = isSame
        ? { sum: shift.sum + value, first: shift.first, last: startTime }
        : { sum: value, first: startTime, last: startTime };
      cls = Math.max(cls, shift.sum);
    }),
    observe('event', noteInteraction, { durationThreshold: 40 }),
    observe('first-input', noteInteraction),
  ].filter((flush) => flush !== undefined);

  function noteInteraction({ interactionId, duration }) {
    if (!interactionId) return;
    const known = interactions.get(interactionId);
    if (known === undefined) interactionsSeen += 1;
    interactions.set(interactionId, Math.max(known ?? 0, duration));
    if (interactions.size <= SLOWEST_KEPT) return;
    const [fastest] = [...interactions].sort(([, one], [, other]) => one - other)[0];
    interactions.delete(fastest);
  }

  function inp() {
    const slowest = [...interactions.values()].sort((one, other) => other - one);
    const count = performance.interactionCount ?? interactionsSeen;
    return slowest[Math.min(slowest.length - 1, Math.floor(count / INTERACTIONS_PER_OUTLIER))];
  }

  /** What is known once the page has loaded. */
  function tellStart() {
    const [navigation] = performance.getEntriesByType('navigation');
    const ttfb = navigation?.responseStart ?? 0;
    // Zero is a browser that does not say.
    if (ttfb > 0) tellVital('ttfb', ttfb / 1_000);
    send();
  }

  /** What is known only when the page is left; told once, as it may be shown again. */
  function tellEnd() {
    if (isFinal) return;
    isFinal = true;
    for (const flush of flushes) flush();
    if (fcp !== undefined) tellVital('fcp', fcp / 1_000);
    if (lcp !== undefined) tellVital('lcp', lcp / 1_000);
    // A page that never showed had nothing to move.
    if (fcp !== undefined && PerformanceObserver.supportedEntryTypes.includes('layout-shift')) tellVital('cls', cls);
    const slow = inp();
    if (slow !== undefined) tellVital('inp', slow / 1_000);
  }

  function onHidden(at) {
    firstHiddenAt = Math.min(firstHiddenAt, at);
    tellEnd();
    send();
  }

  function onError() {
    if (errors >= MOST_ERRORS) return;
    errors += 1;
    tell('error');
  }

  tell('view');
  if (document.referrer.startsWith(`${location.origin}/`)) tell('route-change');

  window.addEventListener('error', onError);
  window.addEventListener('unhandledrejection', onError);
  // Moves within the document; those to another one are told by the other one.
  window.navigation?.addEventListener('currententrychange', ({ navigationType }) => {
    if (navigationType === 'push' || navigationType === 'traverse') tell('route-change');
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) tell('view');
  });
  document.addEventListener('visibilitychange', ({ timeStamp }) => {
    if (document.visibilityState === 'hidden') onHidden(timeStamp);
  });
  // Not every browser says that a page that is left is hidden.
  window.addEventListener('pagehide', ({ timeStamp }) => onHidden(timeStamp));
  if (document.readyState === 'complete') tellStart();
  else window.addEventListener('load', () => setTimeout(tellStart));
}

import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';

const count = mapped('counter', '1');
const bytes = mapped('counter', 'bytes');
const level = mapped('gauge', '1');

/** Counters of varnishstat that are one metric each, with the names of prometheus_varnish_exporter. */
export const MAIN: Readonly<Record<string, MappedMetric>> = {
  'MAIN.uptime': mapped('gauge', 'seconds')('varnish_main_uptime', 'Uptime of the child process.'),
  'MAIN.client_req': count('varnish_main_client_req', 'Client requests.'),
  'MAIN.cache_hit': count('varnish_main_cache_hit', 'Cache hits, stale hits included.'),
  'MAIN.cache_hit_grace': count('varnish_main_cache_hit_grace', 'Cache hits of stale objects (grace).'),
  'MAIN.cache_hitpass': count(
    'varnish_main_cache_hitpass',
    'Hits of hit-for-pass objects: each request is fetched separately.',
  ),
  'MAIN.cache_hitmiss': count('varnish_main_cache_hitmiss', 'Hits of hit-for-miss objects: known to be uncacheable.'),
  'MAIN.cache_miss': count('varnish_main_cache_miss', 'Cache misses.'),
  'MAIN.backend_req': count('varnish_main_backend_req', 'Requests to backends.'),
  'MAIN.backend_conn': count('varnish_main_backend_conn', 'Connections to backends.'),
  'MAIN.backend_reuse': count('varnish_main_backend_reuse', 'Reused backend connections.'),
  'MAIN.backend_recycle': count('varnish_main_backend_recycle', 'Backend connections returned to the pool.'),
  'MAIN.backend_fail': count('varnish_main_backend_fail', 'Failed backend connections.'),
  'MAIN.backend_busy': count(
    'varnish_main_backend_busy',
    'Fetches not attempted because the backend had too many connections.',
  ),
  'MAIN.backend_unhealthy': count(
    'varnish_main_backend_unhealthy',
    'Fetches not attempted because the backend was unhealthy.',
  ),
  'MAIN.pools': level('varnish_main_pools', 'Thread pools.'),
  'MAIN.threads': level('varnish_main_threads', 'Worker threads.'),
  'MAIN.threads_limited': count('varnish_main_threads_limited', 'Times that the thread limit was reached.'),
  'MAIN.threads_created': count('varnish_main_threads_created', 'Created threads.'),
  'MAIN.threads_destroyed': count('varnish_main_threads_destroyed', 'Destroyed threads.'),
  'MAIN.threads_failed': count('varnish_main_threads_failed', 'Failed creations of threads.'),
  'MAIN.thread_queue_len': level('varnish_main_thread_queue_len', 'Sessions waiting for a thread.'),
  'MAIN.n_object': level('varnish_main_n_object', 'Objects in the cache.'),
  'MAIN.n_expired': count('varnish_main_n_expired', 'Expired objects.'),
  'MAIN.n_lru_nuked': count('varnish_main_n_lru_nuked', 'Objects evicted from the cache (LRU).'),
  'MAIN.n_lru_moved': count('varnish_main_n_lru_moved', 'Objects moved to the front of the LRU list.'),
  'MAIN.bans': level('varnish_main_bans', 'Bans in the ban list.'),
  'MAIN.bans_completed': level('varnish_main_bans_completed', 'Completed bans in the ban list.'),
  'MAIN.bans_added': count('varnish_main_bans_added', 'Added bans.'),
  'MAIN.bans_deleted': count('varnish_main_bans_deleted', 'Deleted bans.'),
  'MAIN.bans_tests_tested': count('varnish_main_bans_tests_tested', 'Tests of objects against bans.'),
  'MAIN.bans_obj_killed': count('varnish_main_bans_obj_killed', 'Objects removed by a ban at lookup.'),
  'MAIN.s_pass': count('varnish_main_s_pass', 'Passed requests, which bypass the cache.'),
  // prometheus_varnish_exporter names the sum of a group after the group, with `_total`.
  'MAIN.s_fetch': count('varnish_main_fetch_total', 'Started backend fetches.'),
  'MAIN.s_sess': count('varnish_main_sessions_total', 'Started client sessions.'),
  'MAIN.s_bgfetch': count('varnish_main_s_bgfetch', 'Background fetches.'),
  'MAIN.s_synth': count('varnish_main_s_synth', 'Synthetic responses of Varnish.'),
  'MAIN.s_resp_hdrbytes': bytes('varnish_main_s_resp_hdrbytes', 'Response headers sent to clients.'),
  'MAIN.s_resp_bodybytes': bytes('varnish_main_s_resp_bodybytes', 'Response bodies sent to clients.'),
  'MGT.child_start': count('varnish_mgt_child_start', 'Starts of the child process.'),
  'MGT.child_died': count('varnish_mgt_child_died', 'Exits of the child process by a signal.'),
  'MGT.child_panic': count('varnish_mgt_child_panic', 'Panics of the child process.'),
};

/** Counters that form one metric. The label `type` is the part of the counter name after the prefix. */
export const MAIN_GROUPS = {
  varnish_main_sessions: {
    prefix: 'MAIN.sess_',
    values: [
      'conn',
      'dropped',
      'queued',
      'herd',
      'readahead',
      'closed',
      'closed_err',
      'fail',
      'fail_econnaborted',
      'fail_eintr',
      'fail_emfile',
      'fail_ebadf',
      'fail_enomem',
      'fail_other',
    ],
    help: 'Client sessions by event; one session can be in several, and `fail` is the sum of all `fail_…`.',
  },
  varnish_main_fetch: {
    prefix: 'MAIN.fetch_',
    values: ['head', 'length', 'chunked', 'eof', 'bad', 'none', '1xx', '204', '304', 'failed'],
    help: 'Backend fetches by kind of body.',
  },
} as const;

/** Counters of a storage. The label `type` is its name in lower case. */
export const STORAGE: Readonly<Record<string, MappedMetric>> = {
  g_bytes: mapped('gauge', 'bytes')('varnish_sma_g_bytes', 'Used bytes of a storage.'),
  g_space: mapped('gauge', 'bytes')('varnish_sma_g_space', 'Free bytes of a storage; 0 for one without a limit.'),
  g_alloc: level('varnish_sma_g_alloc', 'Allocations in a storage.'),
  c_fail: count('varnish_sma_c_fail', 'Failed allocations because the storage was full.'),
};

/** Counters of a backend, with the labels `backend` and `server`. */
export const BACKEND: Readonly<Record<string, MappedMetric>> = {
  conn: level('varnish_backend_conn', 'Connections to a backend in use.'),
  req: count('varnish_backend_req', 'Requests sent to a backend.'),
  fail: count('varnish_backend_fail', 'Failed connections to a backend.'),
  busy: count('varnish_backend_busy', 'Fetches not attempted because a backend had too many connections.'),
  unhealthy: count('varnish_backend_unhealthy', 'Fetches not attempted because a backend was unhealthy.'),
  beresp_hdrbytes: bytes('varnish_backend_beresp_hdrbytes', 'Response headers received from a backend.'),
  beresp_bodybytes: bytes('varnish_backend_beresp_bodybytes', 'Response bodies received from a backend.'),
};

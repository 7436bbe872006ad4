import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';

const count = mapped('counter', '1');
const bytes = mapped('counter', 'bytes');
const level = mapped('gauge', '1');

/** Counters of varnishstat that are one metric each, with the names of prometheus_varnish_exporter. */
export const MAIN: Readonly<Record<string, MappedMetric>> = {
  'MAIN.uptime': mapped('gauge', 'seconds')('varnish_main_uptime', 'Age of the process that serves.'),
  'MAIN.client_req': count('varnish_main_client_req', 'Requests of clients.'),
  'MAIN.cache_hit': count('varnish_main_cache_hit', 'Requests answered from the cache, stale answers included.'),
  'MAIN.cache_hit_grace': count(
    'varnish_main_cache_hit_grace',
    'Requests answered from the cache with something stale.',
  ),
  'MAIN.cache_hitpass': count(
    'varnish_main_cache_hitpass',
    'Requests for what is known not to be kept, and not asked for together.',
  ),
  'MAIN.cache_hitmiss': count('varnish_main_cache_hitmiss', 'Requests for what is known not to be kept.'),
  'MAIN.cache_miss': count('varnish_main_cache_miss', 'Requests for what was not in the cache.'),
  'MAIN.backend_req': count('varnish_main_backend_req', 'Requests to backends.'),
  'MAIN.backend_conn': count('varnish_main_backend_conn', 'Connections to backends.'),
  'MAIN.backend_reuse': count('varnish_main_backend_reuse', 'Connections to backends that were used again.'),
  'MAIN.backend_recycle': count('varnish_main_backend_recycle', 'Connections to backends that were kept.'),
  'MAIN.backend_fail': count('varnish_main_backend_fail', 'Connections to backends that failed.'),
  'MAIN.backend_busy': count(
    'varnish_main_backend_busy',
    'Fetches not tried since the backend had too many connections.',
  ),
  'MAIN.backend_unhealthy': count(
    'varnish_main_backend_unhealthy',
    'Fetches not attempted because the backend was unhealthy.',
  ),
  'MAIN.pools': level('varnish_main_pools', 'Thread pools.'),
  'MAIN.threads': level('varnish_main_threads', 'Threads that serve.'),
  'MAIN.threads_limited': count('varnish_main_threads_limited', 'Times that the thread limit was reached.'),
  'MAIN.threads_created': count('varnish_main_threads_created', 'Threads made.'),
  'MAIN.threads_destroyed': count('varnish_main_threads_destroyed', 'Threads ended.'),
  'MAIN.threads_failed': count('varnish_main_threads_failed', 'Threads that could not be made.'),
  'MAIN.thread_queue_len': level('varnish_main_thread_queue_len', 'Sessions waiting for a thread.'),
  'MAIN.n_object': level('varnish_main_n_object', 'Objects in the cache.'),
  'MAIN.n_expired': count('varnish_main_n_expired', 'Objects that left the cache because of their age.'),
  'MAIN.n_lru_nuked': count('varnish_main_n_lru_nuked', 'Objects evicted from the cache (LRU).'),
  'MAIN.n_lru_moved': count('varnish_main_n_lru_moved', 'Objects that were seen to be in use.'),
  'MAIN.bans': level('varnish_main_bans', 'Bans that are kept.'),
  'MAIN.bans_completed': level('varnish_main_bans_completed', 'Bans that are kept and done with.'),
  'MAIN.bans_added': count('varnish_main_bans_added', 'Bans added.'),
  'MAIN.bans_deleted': count('varnish_main_bans_deleted', 'Bans deleted.'),
  'MAIN.bans_tests_tested': count('varnish_main_bans_tests_tested', 'Comparisons of an object with a ban.'),
  'MAIN.bans_obj_killed': count('varnish_main_bans_obj_killed', 'Objects that a ban removed when they were asked for.'),
  'MAIN.s_pass': count('varnish_main_s_pass', 'Requests that were passed on.'),
  // prometheus_varnish_exporter names the sum of a group after the group, with `_total`.
  'MAIN.s_fetch': count('varnish_main_fetch_total', 'Fetches from backends that were started.'),
  'MAIN.s_sess': count('varnish_main_sessions_total', 'Client sessions that were started.'),
  'MAIN.s_bgfetch': count('varnish_main_s_bgfetch', 'Fetches in the background.'),
  'MAIN.s_synth': count('varnish_main_s_synth', 'Answers that the edge made itself.'),
  'MAIN.s_resp_hdrbytes': bytes('varnish_main_s_resp_hdrbytes', 'Heads of answers sent to clients.'),
  'MAIN.s_resp_bodybytes': bytes('varnish_main_s_resp_bodybytes', 'Bodies of answers sent to clients.'),
  'MGT.child_start': count('varnish_mgt_child_start', 'Times that the process that serves was started.'),
  'MGT.child_died': count('varnish_mgt_child_died', 'Times that a signal ended the process that serves.'),
  'MGT.child_panic': count('varnish_mgt_child_panic', 'Times that the process that serves found a fault in itself.'),
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
    help: 'Fetches, by how the body came.',
  },
} as const;

/** Counters of a storage. The label `type` is its name in lower case. */
export const STORAGE: Readonly<Record<string, MappedMetric>> = {
  g_bytes: mapped('gauge', 'bytes')('varnish_sma_g_bytes', 'Taken of a store.'),
  g_space: mapped('gauge', 'bytes')('varnish_sma_g_space', 'Left of a store; 0 of one without a limit.'),
  g_alloc: level('varnish_sma_g_alloc', 'Pieces taken of a store.'),
  c_fail: count('varnish_sma_c_fail', 'Failed allocations because the storage was full.'),
};

/** Counters of a backend, with the labels `backend` and `server`. */
export const BACKEND: Readonly<Record<string, MappedMetric>> = {
  conn: level('varnish_backend_conn', 'Connections to a backend that are in use.'),
  req: count('varnish_backend_req', 'Requests sent to a backend.'),
  fail: count('varnish_backend_fail', 'Connections to a backend that failed.'),
  busy: count('varnish_backend_busy', 'Fetches not tried since a backend had too many connections.'),
  unhealthy: count('varnish_backend_unhealthy', 'Fetches not attempted because a backend was unhealthy.'),
  beresp_hdrbytes: bytes('varnish_backend_beresp_hdrbytes', "Heads of a backend's answers."),
  beresp_bodybytes: bytes('varnish_backend_beresp_bodybytes', "Bodies of a backend's answers."),
};

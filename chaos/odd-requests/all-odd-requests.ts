import type { Http1Request, Http2Request, OddRequest } from './odd-request.ts';
import { FIELDS } from './rows/fields.ts';
import { HOSTS } from './rows/host.ts';
import { HTTP2_BODIES, HTTP2_FIELDS, HTTP2_INCOMPLETE, PSEUDO_HEADERS } from './rows/http2-fields.ts';
import { CONNECTION_FRAMES, HEADER_BLOCKS, STREAMS } from './rows/http2-frames.ts';
import { CHUNKS, CONTENT_LENGTHS, LENGTH_AND_CHUNKS } from './rows/length.ts';
import { INCOMPLETE, LIMITS } from './rows/limits.ts';
import { CONDITIONS, EXPECTATIONS, HOP_HEADERS, PIPELINES, RANGES } from './rows/semantics.ts';
import { ABSOLUTE_TARGETS, METHODS, REQUEST_LINES, TARGETS, VERSIONS } from './rows/start-line.ts';

/** Requests that never arrive completely. Each takes as long as the site waits for it. */
export const INCOMPLETE_REQUESTS: readonly OddRequest[] = [...INCOMPLETE, ...HTTP2_INCOMPLETE];

export const HTTP1_REQUESTS: Readonly<Record<string, readonly Http1Request[]>> = {
  methods: METHODS,
  versions: VERSIONS,
  'request lines': REQUEST_LINES,
  targets: TARGETS,
  'absolute targets': ABSOLUTE_TARGETS,
  hosts: HOSTS,
  fields: FIELDS,
  lengths: CONTENT_LENGTHS,
  'length and chunks': LENGTH_AND_CHUNKS,
  chunks: CHUNKS,
  limits: LIMITS,
  expectations: EXPECTATIONS,
  ranges: RANGES,
  conditions: CONDITIONS,
  'headers of one hop': HOP_HEADERS,
  pipelines: PIPELINES,
};

export const HTTP2_REQUESTS: Readonly<Record<string, readonly Http2Request[]>> = {
  'pseudo headers': PSEUDO_HEADERS,
  fields: HTTP2_FIELDS,
  bodies: HTTP2_BODIES,
  streams: STREAMS,
  'frames of the connection': CONNECTION_FRAMES,
  'header blocks': HEADER_BLOCKS,
};

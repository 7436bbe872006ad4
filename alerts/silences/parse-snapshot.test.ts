import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSnapshot } from './parse-snapshot.ts';

/** File of Alertmanager 0.31.1 with one silence, made by `silence add web1 --for 10m --reason trial` and removed at once. */
const SAMPLE = Buffer.from(
  'qgEKmgEKJDI3OGQxNTAzLWEyYjYtNGE5NC1iZmQzLTQ5ZjY1YWZhYjAzMBIMEgRob3N0GgR3ZWIxEgUSA3NsbxIXCAISCWFsZXJ0bmFtZRoIV2F0Y2hkb2cSBxIFZHJpbGwaCwjp6q3YBhCA3LhMIgsI7+qt2AYQoZGKTSoLCO/qrdgGEKGRik1CDWhvbGRmYXN0IHJvb3RKBXRyaWFsEgsI742z2AYQoZGKTQ==',
  'base64',
);
const SILENCE = { id: '278d1503-a2b6-4a94-bfd3-49f65afab030', endsAtMs: Date.parse('2026-11-29T00:44:31.161Z') };

describe('the silences that an Alertmanager has on disk', () => {
  it('are an empty list for an empty file', () => {
    expect(parseSnapshot(Buffer.alloc(0))).toEqual([]);
  });

  it('are parsed with their end times', () => {
    expect(parseSnapshot(SAMPLE)).toEqual([SILENCE]);
    expect(parseSnapshot(Buffer.concat([SAMPLE, SAMPLE]))).toEqual([SILENCE, SILENCE]);
  });

  it('are refused when the file is truncated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: SAMPLE.length - 1 }), (length) => {
        expect(() => parseSnapshot(SAMPLE.subarray(0, length))).toThrow();
      }),
    );
  });

  it('are refused when the file has another format', () => {
    expect(() => parseSnapshot(Buffer.from('this is not a list of silences'))).toThrow();
  });
});

import { HoldfastError } from '../../kit/errors.ts';
import type { Facts } from '../kit/facts.ts';
import type { Collector } from '../kit/exporter.ts';
import { parseNumber } from './fields.ts';

/** Looks of the service disk-space, as a number, after which its newest answer is too old: the file systems hang. */
const TOO_OLD_LOOKS = 2;

/** What that service left: when it looked, for how long tasks have waited for a processor, and how often it looks; then the file systems. */
export const ASKED_NOW_AND_THEN = '/run/holdfast/disk-space/now';

/** How full the file systems are: `deploy/tiers/host/services/disk-space/run` asks them. */
export const FILESYSTEM: Collector<Facts> = {
  name: 'filesystem',
  collect(facts, emit) {
    const [first = '', ...lines] = facts.read(ASKED_NOW_AND_THEN).trim().split('\n');
    const [asked, , every] = first.split(' ');
    const readOnly = new Set(lines.flatMap((line) => (line.startsWith('ro ') ? [line.slice(3)] : [])));
    const now = parseNumber(facts.read('/proc/uptime').split(' ', 1)[0], 'the time');
    const age = now - parseNumber(asked, 'the time at which the file systems were asked');
    if (age > TOO_OLD_LOOKS * parseNumber(every, 'the time between two looks'))
      throw new HoldfastError('deadline', `The file systems have not answered for ${Math.round(age)} s.`);
    for (const line of lines.filter((one) => !one.startsWith('ro '))) {
      const [mountpoint = '', fstype = '', ...numbers] = line.split(' ');
      const [size = 0, blocks = 0, free = 0, available = 0, files = 0, filesFree = 0] = numbers.map((number) =>
        parseNumber(number, mountpoint),
      );
      const labels = { mountpoint, fstype };
      emit({ name: 'node_filesystem_readonly', labels, value: Number(readOnly.has(mountpoint)) });
      emit({ name: 'node_filesystem_size_bytes', labels, value: blocks * size });
      emit({ name: 'node_filesystem_free_bytes', labels, value: free * size });
      emit({ name: 'node_filesystem_avail_bytes', labels, value: available * size });
      emit({ name: 'node_filesystem_files', labels, value: files });
      emit({ name: 'node_filesystem_files_free', labels, value: filesFree });
    }
    return Promise.resolve();
  },
};

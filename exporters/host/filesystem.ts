import { HoldfastError } from '../../kit/errors.ts';
import type { Facts } from '../kit/facts.ts';
import type { Collector } from '../kit/exporter.ts';
import { parseNumber } from './fields.ts';

/** Age of the newest result of the service disk-space, in its poll intervals, above which a file system hangs. */
const MAX_AGE_POLLS = 2;

/** Result file of that service. First line: time of the poll, total run delay of all tasks, poll interval. Then the file systems. */
export const DISK_SPACE_FILE = '/run/holdfast/disk-space/now';

/** Size and free space of the file systems, polled by `deploy/tiers/host/services/disk-space/run`. */
export const FILESYSTEM: Collector<Facts> = {
  name: 'filesystem',
  collect(facts, emit) {
    const [first = '', ...lines] = facts.read(DISK_SPACE_FILE).trim().split('\n');
    const [polledAt, , intervalSeconds] = first.split(' ');
    const readOnly = new Set(lines.flatMap((line) => (line.startsWith('ro ') ? [line.slice(3)] : [])));
    const now = parseNumber(facts.read('/proc/uptime').split(' ', 1)[0], 'the time');
    const age = now - parseNumber(polledAt, 'the time of the poll');
    if (age > MAX_AGE_POLLS * parseNumber(intervalSeconds, 'the poll interval'))
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

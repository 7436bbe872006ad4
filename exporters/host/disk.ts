import type { Collector, Sink } from '../kit/exporter.ts';
import type { Facts } from '../kit/facts.ts';
import { parseNumber } from './fields.ts';
import { emitPressure } from './pressure.ts';

const V2 = '/sys/fs/cgroup/io.stat';
const V1 = '/sys/fs/cgroup/blkio/blkio.throttle';

/** Reads and writes of the host, by device. Devices that it never used have no series. */
export const DISK: Collector<Facts> = {
  name: 'disk',
  collect(facts, emit) {
    if (facts.has(V2)) collectV2(facts.read(V2), emit);
    else {
      collectV1(facts.read(`${V1}.io_service_bytes_recursive`), V1_BYTES, emit);
      collectV1(facts.read(`${V1}.io_serviced_recursive`), V1_REQUESTS, emit);
    }
    emitPressure(facts, 'io', emit);
    return Promise.resolve();
  },
};

const V1_BYTES = { Read: 'host_disk_read_bytes_total', Write: 'host_disk_written_bytes_total' } as const;
const V1_REQUESTS = { Read: 'host_disk_reads_completed_total', Write: 'host_disk_writes_completed_total' } as const;
const V2_FIELDS = {
  rbytes: V1_BYTES.Read,
  wbytes: V1_BYTES.Write,
  rios: V1_REQUESTS.Read,
  wios: V1_REQUESTS.Write,
} as const;

/** Lines such as `254:0 Read 4096`, and a total. */
function collectV1(text: string, names: Readonly<Record<'Read' | 'Write', string>>, emit: Sink): void {
  for (const [, device = '', kind, value] of text.matchAll(/^(\d+:\d+) (Read|Write) (\S+)$/gm)) {
    emit({ name: names[kind as 'Read' | 'Write'], labels: { device }, value: parseNumber(value, device) });
  }
}

/** Lines such as `254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`. */
function collectV2(text: string, emit: Sink): void {
  for (const [, device = '', fields = ''] of text.matchAll(/^(\d+:\d+) (.+)$/gm)) {
    const values = new Map(fields.split(' ').map((field) => field.split('=', 2) as [string, string | undefined]));
    for (const [field, name] of Object.entries(V2_FIELDS)) {
      if (values.has(field)) emit({ name, labels: { device }, value: parseNumber(values.get(field), field) });
    }
  }
}

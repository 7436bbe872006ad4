/** Values of Nginx' page `stub_status`, by metric name. */
type StubStatus = Readonly<Record<(typeof NAMES)[number], number>>;

/** In the order of the numbers on the page. */
const NAMES = [
  'nginx_connections_active',
  'nginx_connections_accepted',
  'nginx_connections_handled',
  'nginx_http_requests_total',
  'nginx_connections_reading',
  'nginx_connections_writing',
  'nginx_connections_waiting',
] as const;

const PAGE =
  /^Active connections: (\d+) \nserver accepts handled requests\n (\d+) (\d+) (\d+) \nReading: (\d+) Writing: (\d+) Waiting: (\d+) \n$/;

/** Throws for any other page: a partial match would assign numbers to the wrong names. */
export function parseStubStatus(text: string): StubStatus {
  const numbers = PAGE.exec(text)?.slice(1);
  if (numbers === undefined) throw new Error('the page is not a stub_status page');
  return Object.fromEntries(NAMES.map((name, at) => [name, Number(numbers[at])])) as StubStatus;
}

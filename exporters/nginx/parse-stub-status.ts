/** What Nginx' page `stub_status` tells, by the names of the metrics. */
type StubStatus = Readonly<Record<(typeof NAMES)[number], number>>;

/** In the order in which the numbers stand on the page. */
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

/** Throws for a page that is another one: half of it would be numbers with the wrong names. */
export function parseStubStatus(text: string): StubStatus {
  const numbers = PAGE.exec(text)?.slice(1);
  if (numbers === undefined) throw new Error('the page is no stub_status');
  return Object.fromEntries(NAMES.map((name, at) => [name, Number(numbers[at])])) as StubStatus;
}

import { expect, it } from 'vitest';
import { parseStubStatus } from './parse-stub-status.ts';

const PAGE =
  'Active connections: 2 \nserver accepts handled requests\n 4948 4947 5200 \nReading: 0 Writing: 1 Waiting: 7 \n';

it('parses the page of Nginx', () => {
  expect(parseStubStatus(PAGE)).toEqual({
    nginx_connections_active: 2,
    nginx_connections_accepted: 4948,
    nginx_connections_handled: 4947,
    nginx_http_requests_total: 5200,
    nginx_connections_reading: 0,
    nginx_connections_writing: 1,
    nginx_connections_waiting: 7,
  });
});

it.each(['', '<html>404</html>', PAGE.slice(0, 60), PAGE.replace('4948', '-'), `${PAGE}more`])(
  '%j is refused as a whole',
  (text) => {
    expect(() => parseStubStatus(text)).toThrow('not a stub_status page');
  },
);

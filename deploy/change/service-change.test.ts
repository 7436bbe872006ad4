import { expect, it } from 'vitest';
import { immediate, reload, restart, restartHost } from '../model/rendered-file.ts';
import { parseMarker, renderMarker, renderServices, servicesToChange, type ServiceChange } from './service-change.ts';

it('each service changes once: by a restart if one of its files needs that', () => {
  const files = [reload('prometheus'), restart('notifier'), reload('alertmanager'), restart('prometheus'), immediate];
  expect(servicesToChange(files)).toEqual([
    { service: 'alertmanager', how: 'reload' },
    { service: 'notifier', how: 'restart' },
    { service: 'prometheus', how: 'restart' },
  ]);
});

it('a file that is read when the host boots needs a restart of the host', () => {
  expect(servicesToChange([reload('haproxy'), restartHost])).toBeUndefined();
  expect(servicesToChange([immediate])).toEqual([]);
});

it('a marker keeps its services, and any other text is of a replacement', () => {
  const services: readonly ServiceChange[] = [
    { service: 'haproxy', how: 'reload' },
    { service: 'lb-state', how: 'restart' },
  ];
  expect(parseMarker(renderMarker(services))).toEqual([reload('haproxy'), restart('lb-state')]);
  expect(parseMarker(undefined)).toEqual([]);
  for (const text of ['', '{}', '[{"service":"haproxy"}]', '[{']) expect(parseMarker(text)).toEqual([restartHost]);
});

it('a list of services says which of them only reload', () => {
  expect(renderServices([{ service: 'haproxy', how: 'reload' }])).toBe('haproxy');
  const both = [
    { service: 'haproxy', how: 'reload' },
    { service: 'lb-state', how: 'restart' },
  ] as const;
  expect(renderServices(both)).toBe('lb-state, reload haproxy');
});

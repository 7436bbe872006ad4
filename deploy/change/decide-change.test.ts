import { expect, it } from 'vitest';
import { immediate, reload, restart, restartHost } from '../model/rendered-file.ts';
import { decideChange, type CurrentHost, type HostChange, type WantedHost } from './decide-change.ts';
import { renderMarker } from './service-change.ts';

const FILES = [
  { path: 'config/app.json', text: '{}', onChange: restart('app') },
  { path: 'config/haproxy.cfg', text: 'global', onChange: reload('haproxy') },
  { path: 'config/healthy.list', text: '80 / app', onChange: immediate },
];
const WANTED: WantedHost = { enabled: true, imageId: 'sha256:1', definition: 'abc', files: FILES };
const CURRENT: CurrentHost = {
  container: 'running',
  imageId: 'sha256:1',
  definition: 'abc',
  files: new Map(FILES.map(({ path, text }) => [path, text])),
};
const withFile = (path: string, text: string): CurrentHost['files'] => new Map([...CURRENT.files, [path, text]]);

interface Case {
  readonly what: string;
  readonly current?: Partial<CurrentHost>;
  readonly wanted?: Partial<WantedHost>;
  readonly action: string;
  readonly reasons: readonly string[];
  readonly services?: HostChange['services'];
}

const CASES: readonly Case[] = [
  { what: 'nothing differs', action: 'nothing', reasons: [] },
  {
    ...{ what: 'its container is missing', current: { container: 'none', files: new Map() } },
    ...{ action: 'start', reasons: ['not running'] },
  },
  {
    ...{ what: 'it is stopped, with another image', current: { container: 'stopped', imageId: 'sha256:0' } },
    ...{ action: 'start', reasons: ['not running'] },
  },
  { what: 'it has another image', current: { imageId: 'sha256:0' }, action: 'replace', reasons: ['new image'] },
  { what: 'its image is missing', wanted: { imageId: undefined }, action: 'replace', reasons: ['image to be built'] },
  {
    what: 'a folder of such files is missing',
    current: { files: new Map([...CURRENT.files, ['secrets.sha256', '0']]) },
    wanted: {
      files: [
        ...FILES,
        { path: 'secrets.sha256', text: '0', onChange: restartHost },
        { path: 'runbooks/A.md', text: '', onChange: immediate },
      ],
    },
    ...{ action: 'replace', reasons: ['runbooks/A.md is new'] },
  },
  {
    ...{ what: 'its definition differs', current: { definition: 'def' } },
    ...{ action: 'replace', reasons: ['new container definition'] },
  },
  {
    ...{ what: 'it is of a version without definitions', current: { definition: undefined, files: new Map() } },
    ...{ action: 'replace', reasons: ['created by an earlier version'] },
  },
  {
    ...{ what: 'a file of a service that restarts differs', current: { files: withFile('config/app.json', '') } },
    ...{ action: 'restart', reasons: ['app.json changed'], services: [{ service: 'app', how: 'restart' }] },
  },
  {
    ...{ what: 'a file of a service that reloads differs', current: { files: withFile('config/haproxy.cfg', '') } },
    ...{ action: 'reload', reasons: ['haproxy.cfg changed'], services: [{ service: 'haproxy', how: 'reload' }] },
  },
  {
    what: 'a service reloads and another one restarts',
    current: { files: new Map([...withFile('config/haproxy.cfg', ''), ['config/app.json', '']]) },
    ...{ action: 'restart', reasons: ['app.json changed', 'haproxy.cfg changed'] },
    services: [
      { service: 'haproxy', how: 'reload' },
      { service: 'app', how: 'restart' },
    ],
  },
  {
    what: 'a file of a service that reloads differs, and the image',
    current: { files: withFile('config/haproxy.cfg', ''), imageId: 'sha256:0' },
    ...{ action: 'replace', reasons: ['new image', 'haproxy.cfg changed'] },
  },
  {
    what: 'a file differs that is read when the host boots',
    wanted: { files: [...FILES.slice(1), { path: 'config/app.json', text: '', onChange: restartHost }] },
    ...{ action: 'replace', reasons: ['app.json changed'] },
  },
  {
    ...{ what: 'a file that is read at each use differs', current: { files: withFile('config/healthy.list', '') } },
    ...{ action: 'update', reasons: ['healthy.list changed'] },
  },
  {
    what: 'such a file and another one differ',
    current: { files: new Map([...withFile('config/healthy.list', ''), ['config/haproxy.cfg', '']]) },
    ...{ action: 'reload', reasons: ['haproxy.cfg changed', 'healthy.list changed'] },
    services: [{ service: 'haproxy', how: 'reload' }],
  },
  {
    ...{ what: 'it has a file too many', current: { files: withFile('config/old.json', '') } },
    ...{ action: 'replace', reasons: ['old.json was removed'] },
  },
  {
    ...{ what: 'a file is missing', current: { files: new Map() }, wanted: { files: FILES.slice(0, 1) } },
    ...{ action: 'replace', reasons: ['app.json is new'] },
  },
  {
    ...{
      what: 'its secrets are new',
      wanted: { files: [...FILES, { path: 'secrets.sha256', text: '0', onChange: restartHost }] },
    },
    ...{ action: 'replace', reasons: ['new secrets'] },
  },
  {
    ...{ what: 'a certificate is about to expire', wanted: { dueSecrets: ['lb-tls'] } },
    ...{ action: 'replace', reasons: ['lb-tls is due'] },
  },
  {
    ...{ what: 'it is drained', current: { files: withFile('drained', '') } },
    ...{ action: 'update', reasons: ['drained by an interrupted change'] },
  },
  {
    ...{ what: 'its replacement was interrupted', current: { files: withFile('unfinished', '') } },
    ...{ action: 'replace', reasons: ['an interrupted change'] },
  },
  {
    what: 'a change of its services was interrupted',
    current: { files: withFile('unfinished', renderMarker([{ service: 'haproxy', how: 'reload' }])) },
    ...{ action: 'reload', reasons: ['an interrupted change'], services: [{ service: 'haproxy', how: 'reload' }] },
  },
  {
    what: 'a change was interrupted, and the marker is unreadable',
    current: { files: withFile('unfinished', '[{"service":') },
    ...{ action: 'replace', reasons: ['an interrupted change'] },
  },
  { what: 'it left the topology', wanted: { enabled: false }, action: 'remove', reasons: ['not in the topology'] },
  {
    ...{ what: 'a standby slot is empty', current: { container: 'none' }, wanted: { enabled: false } },
    ...{ action: 'nothing', reasons: [] },
  },
];

it.each(CASES)('a host changes as it must if $what', ({ current, wanted, action, reasons, services }) => {
  const expected = { action, reasons, ...(services === undefined ? {} : { services }) };
  expect(decideChange({ ...CURRENT, ...current }, { ...WANTED, ...wanted })).toEqual(expected);
});

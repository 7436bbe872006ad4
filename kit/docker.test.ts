import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { callEngine } from './docker.ts';

it('says that there is no engine, and how to get one', async () => {
  const nobody = new Docker({ socketPath: '/nonexistent/docker.sock' });
  const call = callEngine('list the hosts', () => nobody.listContainers());
  await expect(call).rejects.toThrow('Could not list the hosts: the Docker engine does not answer.');
  await expect(call).rejects.toMatchObject({
    code: 'engine-missing',
    fix: expect.stringContaining('holdfast up') as string,
  });
});

it('passes on what the engine says', async () => {
  const call = callEngine('kill db1', () => Promise.reject(new Error('no such container')));
  await expect(call).rejects.toMatchObject({ code: 'docker', message: 'Could not kill db1: no such container' });
});

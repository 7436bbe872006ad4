import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { callEngine } from './docker.ts';

it('reports a missing engine with a fix', async () => {
  const missingEngine = new Docker({ socketPath: '/nonexistent/docker.sock' });
  const call = callEngine('list the hosts', () => missingEngine.listContainers());
  await expect(call).rejects.toThrow('Could not list the hosts: the Docker engine does not answer.');
  await expect(call).rejects.toMatchObject({
    code: 'engine-missing',
    fix: expect.stringContaining('holdfast up') as string,
  });
});

it('reports the message of the engine', async () => {
  const call = callEngine('kill db1', () => Promise.reject(new Error('no such container')));
  await expect(call).rejects.toMatchObject({ code: 'docker', message: 'Could not kill db1: no such container' });
});

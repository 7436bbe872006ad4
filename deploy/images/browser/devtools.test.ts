import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openDevTools } from './devtools.ts';

const schema = z.object({ value: z.number() });
const callOf = (method: string) => ({ method, params: {}, signal: AbortSignal.timeout(5_000) });

it('assigns responses to calls by id, in any order and any chunks', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const tools = openDevTools(input, output);
  const answers = Promise.all([tools.call(callOf('a'), schema), tools.call(callOf('b'), schema)]);
  output.write('{"method":"event"}\0{"id":2,"result":{"val');
  output.write('ue":2}}\0{"id":1,"result":{"value":1}}\0');
  await expect(answers).resolves.toEqual([{ value: 1 }, { value: 2 }]);
  expect(String(input.read())).toBe('{"id":1,"method":"a","params":{}}\0{"id":2,"method":"b","params":{}}\0');
});

it("throws the browser's error response", async () => {
  const output = new PassThrough();
  const call = openDevTools(new PassThrough(), output).call(callOf('a'), schema);
  output.write('{"id":1,"error":{"message":"no such method"}}\0');
  await expect(call).rejects.toThrow('a: no such method');
});

it('rejects pending calls when the browser ends', async () => {
  const output = new PassThrough();
  const call = openDevTools(new PassThrough(), output).call(callOf('a'), schema);
  output.destroy();
  await expect(call).rejects.toThrow('the browser has ended');
});

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { deadlineSignal, waitFor } from '../../../kit/deadline.ts';
import { HoldfastError } from '../../../kit/errors.ts';
import { PROJECT } from '../../../kit/hosts.ts';
import { buildImages } from '../images.ts';
import type { NetworkName } from '../../model/topology.ts';
import { openDevTools, type DevTools } from './devtools.ts';

/** A page in a headless browser on a network of the stack. */
export interface BrowserPage extends AsyncDisposable {
  /** Opens a URL and waits until it is loaded. Throws `http` if the navigation fails. */
  open(url: string): Promise<void>;
  /** The JSON value of a JavaScript expression. `frame`: evaluated in the page's only frame instead of in the page. */
  evaluate(expression: string, where?: 'page' | 'frame'): Promise<unknown>;
  /** Waits until an expression is true. */
  waitFor(expression: string): Promise<void>;
  /** Clicks the center of the first element that matches the selector. */
  click(selector: string): Promise<void>;
  /** Writes a screenshot of the whole page as PNG. */
  screenshot(path: string): Promise<void>;
}

const DEADLINE_MS = 30_000;

/** Builds the image if it is missing, and starts a browser. Disposing the page ends the browser. */
export async function openBrowser(network: NetworkName = 'ops'): Promise<BrowserPage> {
  await buildImages({ only: ['browser'], signal: new AbortController().signal, onProgress: () => undefined });
  const flags = ['run', '--rm', '--interactive', '--memory', '1g', '--network', `${PROJECT}_${network}`];
  const child = execa('docker', [...flags, 'holdfast/browser:dev'], {
    ...{ buffer: false, reject: false, stdin: 'pipe', stdout: 'pipe', stderr: 'ignore' },
  });
  const tools = openDevTools(child.stdin, child.stdout);
  const release = async (): Promise<void> => {
    // The browser, and its container, end when standard input is closed.
    child.stdin.end();
    child.kill('SIGTERM');
    await child;
  };
  try {
    return { ...(await openPage(tools)), [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function openPage(tools: DevTools): Promise<Omit<BrowserPage, keyof AsyncDisposable>> {
  const signal = deadlineSignal(DEADLINE_MS);
  const create = { method: 'Target.createTarget', params: { url: 'about:blank' }, signal };
  const { targetId } = await tools.call(create, targetSchema);
  const attach = { method: 'Target.attachToTarget', params: { targetId, flatten: true }, signal };
  const { sessionId } = await tools.call(attach, sessionSchema);
  const call: Call = (method, params, schema) =>
    tools.call({ method, params, sessionId, signal: deadlineSignal(DEADLINE_MS) }, schema);
  const evaluate = async (expression: string, where: 'page' | 'frame' = 'page'): Promise<unknown> => {
    const context = where === 'page' ? {} : { contextId: await enterFrame(call) };
    const answer = { expression, returnByValue: true, awaitPromise: true, ...context };
    const { result, exceptionDetails } = await call('Runtime.evaluate', answer, valueSchema);
    if (exceptionDetails === undefined) return result.value;
    throw new Error(`exception in the page: ${result.description ?? exceptionDetails.text}`);
  };
  const waitUntilTrue = async (expression: string): Promise<void> => {
    await waitFor(async () => (await evaluate(expression)) === true, { what: expression, deadlineMs: DEADLINE_MS });
  };
  return {
    evaluate,
    waitFor: waitUntilTrue,
    async open(url) {
      const { errorText } = await call('Page.navigate', { url }, navigationSchema);
      if (errorText !== undefined) throw new HoldfastError('http', `${url}: ${errorText}`);
      await waitUntilTrue(`location.href !== 'about:blank' && document.readyState === 'complete'`);
    },
    async click(selector) {
      const middle = `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`;
      const place = placeSchema.parse(await evaluate(middle));
      for (const type of ['mousePressed', 'mouseReleased']) {
        await call('Input.dispatchMouseEvent', { type, ...place, button: 'left', clickCount: 1 }, z.unknown());
      }
    },
    async screenshot(path) {
      const options = { format: 'png', captureBeyondViewport: true };
      const { data } = await call('Page.captureScreenshot', options, z.object({ data: z.base64() }));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, Buffer.from(data, 'base64'));
    },
  };
}

type Call = <T>(method: string, params: object, schema: z.ZodType<T>) => Promise<T>;

/** Creates an isolated execution context in the page's only frame. It also works in a sandboxed frame without scripts. */
async function enterFrame(call: Call): Promise<number> {
  const { frameTree } = await call('Page.getFrameTree', {}, framesSchema);
  const [child] = frameTree.childFrames ?? [];
  if (child === undefined) throw new Error('the page has no frame');
  const world = await call('Page.createIsolatedWorld', { frameId: child.frame.id }, worldSchema);
  return world.executionContextId;
}

const targetSchema = z.object({ targetId: z.string() });
const sessionSchema = z.object({ sessionId: z.string() });
const navigationSchema = z.object({ errorText: z.string().optional() });
const placeSchema = z.object({ x: z.number(), y: z.number() });
const worldSchema = z.object({ executionContextId: z.int() });
const framesSchema = z.object({
  frameTree: z.object({ childFrames: z.array(z.object({ frame: z.object({ id: z.string() }) })).optional() }),
});
const valueSchema = z.object({
  result: z.object({ value: z.unknown().optional(), description: z.string().optional() }),
  exceptionDetails: z.object({ text: z.string() }).optional(),
});

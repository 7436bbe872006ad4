import { Toxiproxy, type ICreateToxicBody, type ToxicAttributeTypes } from 'toxiproxy-node-client';
import { z } from 'zod';
import { HoldfastError, messageOf } from '../../kit/errors.ts';

/** The API of Toxiproxy may hang while a toxic is removed (its issue 558), and its client has no timeout. */
const CALL_TIMEOUT_MS = 3_000;

const proxyReply = z.object({
  name: z.string(),
  listen: z.string(),
  upstream: z.string(),
  enabled: z.boolean(),
  toxics: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      stream: z.string().default('downstream'),
      toxicity: z.number().default(1),
      attributes: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
    }),
  ),
});

export type ProxyState = z.infer<typeof proxyReply>;

/** One Toxiproxy server. A method sends one or two requests; each ends within 3 s, or the method throws `HoldfastError('http')`. */
export interface ToxiproxyApi {
  listProxies(): Promise<readonly ProxyState[]>;
  readProxy(proxy: string): Promise<ProxyState>;
  addToxic(proxy: string, toxic: ICreateToxicBody<ToxicAttributeTypes>): Promise<void>;
  removeToxic(proxy: string, toxic: string): Promise<void>;
  setEnabled(proxy: string, enabled: boolean): Promise<void>;
}

/** @param url for example `http://198.18.3.41:8474` */
export function toxiproxyApi(url: string): ToxiproxyApi {
  const client = new Toxiproxy(url);
  const within = async <T>(what: string, call: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${CALL_TIMEOUT_MS / 1_000} s`));
      }, CALL_TIMEOUT_MS);
    });
    try {
      return await Promise.race([call, timeout]);
    } catch (error) {
      throw new HoldfastError('http', `Toxiproxy at ${url} could not ${what}: ${messageOf(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
  const readProxy = async (proxy: string): Promise<ProxyState> => {
    const { data } = await within(`show ${proxy}`, client.api.get<unknown>(`${url}/proxies/${proxy}`));
    return proxyReply.parse(data);
  };
  return {
    readProxy,
    listProxies: async () => {
      const { data } = await within('list its proxies', client.api.get<unknown>(`${url}/proxies`));
      return Object.values(z.record(z.string(), proxyReply).parse(data));
    },
    addToxic: async (proxy, toxic) => {
      const target = await within(`show ${proxy}`, client.get(proxy));
      await within(`add ${toxic.name}`, target.addToxic(toxic));
    },
    removeToxic: async (proxy, toxic) => {
      const { toxics } = await readProxy(proxy);
      if (!toxics.some((candidate) => candidate.name === toxic)) return;
      await within(`remove ${toxic}`, client.api.delete(`${url}/proxies/${proxy}/toxics/${toxic}`));
    },
    setEnabled: async (proxy, enabled) => {
      const target = await within(`show ${proxy}`, client.get(proxy));
      if (target.enabled === enabled) return;
      await within(`switch ${proxy}`, target.update({ enabled, listen: target.listen, upstream: target.upstream }));
    },
  };
}

import type { z } from 'zod';
import { HoldfastError, messageOf } from '../../kit/errors.ts';

interface FetchOptions {
  /** Default 2,000. */
  readonly timeoutMs?: number;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** The text of a page of the stack. Throws `http` after a timeout or a status other than 2xx. */
export async function fetchText(url: string, options: FetchOptions = {}): Promise<string> {
  const { timeoutMs = 2_000, method = 'GET', body } = options;
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
    return text;
  } catch (error) {
    throw new HoldfastError('http', `${url}: ${messageOf(error)}`, { cause: error });
  }
}

/** A JSON page, parsed by its schema. Throws `http`. */
export async function fetchJson<T>(url: string, schema: z.ZodType<T>, options: FetchOptions = {}): Promise<T> {
  const text = await fetchText(url, options);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new HoldfastError('http', `Unexpected response from ${url}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

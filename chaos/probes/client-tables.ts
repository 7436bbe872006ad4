import { haproxyCommand } from '../../deploy/model/haproxy-command.ts';
import { runOnHost } from '../../kit/hosts.ts';
import type { StackContext } from '../../deploy/observe/observation.ts';

/** HAProxy's counters for one client address; 0 for an unknown address. */
export interface ClientCounts {
  /** Open connections. */
  readonly connections: number;
  /** Connections within the limits' window. */
  readonly connectionRate: number;
  /** Requests whose headers are complete, until their response is sent. */
  readonly requests: number;
  /** Requests within the limits' window. */
  readonly requestRate: number;
  /** Responses in progress. */
  readonly responses: number;
}

/** Reads the counters for a client from the HAProxy of an edge or a load balancer. */
export async function readClientCounts(world: StackContext, host: string, client: string): Promise<ClientCounts> {
  const commands = ['connections', 'requests', 'responses'].map((table) => `show table client-${table}`).join(';');
  return parseClientCounts(await runOnHost(world.hosts, host, haproxyCommand(commands)), client);
}

/** Reads the answers to `show table` of the three tables. */
export function parseClientCounts(text: string, client: string): ClientCounts {
  const found = new Map<string, string>();
  let table = '';
  for (const line of text.split('\n')) {
    table = /^# table: client-(\w+)/.exec(line)?.[1] ?? table;
    if (new RegExp(`key=(::ffff:)?${client.replaceAll('.', '\\.')} `).test(line)) found.set(table, line);
  }
  const read = (name: string, value: string): number =>
    Number(new RegExp(`\\b${value}(?:\\(\\d+\\))?=(\\d+)`).exec(found.get(name) ?? '')?.[1] ?? 0);
  return {
    connections: read('connections', 'conn_cur'),
    connectionRate: read('connections', 'conn_rate'),
    requests: read('requests', 'conn_cur'),
    requestRate: read('requests', 'http_req_rate'),
    responses: read('responses', 'conn_cur'),
  };
}

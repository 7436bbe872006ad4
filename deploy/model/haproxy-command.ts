/** The program and arguments that send `command` (`show stat`) to the runtime API of HAProxy, on an edge or a load balancer. */
export function haproxyCommand(command: string): readonly string[] {
  return ['sh', '-c', `echo "${command}" | socat - /run/haproxy/admin.sock`];
}

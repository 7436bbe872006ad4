/** The program and arguments that send `command` (`show stat`) to the runtime API of HAProxy, on an edge or a load balancer. */
export function haproxyCommand(command: string): readonly string[] {
  return ['sh', '-c', `echo "${command}" | socat - /run/haproxy/admin.sock`];
}

/** The same for the master process, which reloads HAProxy and reaches the workers of earlier configurations. */
export function haproxyMasterCommand(command: string): readonly string[] {
  return ['sh', '-c', `echo "${command}" | socat -t 8 - /run/haproxy/master.sock`];
}

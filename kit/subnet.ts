import { BlockList, isIPv4 } from 'node:net';

/** Whether an IPv4 address is in a range such as `198.18.0.0/24`. A range without a length is one address. An invalid range contains nothing. */
export function contains(subnet: string, address: string): boolean {
  const { base, bits } = parseSubnet(subnet);
  if (!isIPv4(base) || !isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits);
  return list.check(address);
}

/** Whether two IPv4 ranges share an address. */
export function overlap(one: string, other: string): boolean {
  return contains(one, parseSubnet(other).base) || contains(other, parseSubnet(one).base);
}

function parseSubnet(subnet: string): { readonly base: string; readonly bits: number } {
  const [base = '', bits = '32'] = subnet.split('/');
  return { base, bits: Number(bits) };
}

/** Length of the prefix: 24 of `198.18.0.0/24`. */
export function prefixLength(subnet: string): number {
  return parseSubnet(subnet).bits;
}

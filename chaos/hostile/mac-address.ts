/**
 * The MAC address of a container that is recreated with the same IPv4 address, derived from it as Docker does for others. With a new MAC address each time, its peers
 * would send to the previous one until their ARP entries expire: up to 35 s, measured.
 */
export function macAddressOf(address: string): string {
  const octets = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return ['02', '42', ...octets].join(':');
}

/** The value of a cookie in a `Cookie` header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/**
 * A `Set-Cookie` header, always with HttpOnly and SameSite=Lax. It has `Secure` if the client used TLS, according to the load balancer. On plain
 * loopback ports, browsers would never send a Secure cookie back.
 */
export function renderCookie(
  name: string,
  value: string,
  options: { readonly maxAge: number; readonly secure: boolean },
): string {
  const secure = options.secure ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${options.maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

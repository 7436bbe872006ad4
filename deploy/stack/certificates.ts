import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** A private certificate authority, made once per deployment. */
const AUTHORITY_DAYS = 3_650;
/** Browsers reject certificates with a longer validity. */
const LEAF_DAYS = 397;
/** Remaining validity below which the next `up` renews a certificate. */
export const RENEWAL_MS = 30 * DAY_MS;

/** A new private certificate authority. */
export async function makeAuthority(now: Date): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerial(),
    name: 'CN=holdfast private authority',
    ...validity(now, AUTHORITY_DAYS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

export interface LeafRequest {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  /** Whether it is also a client certificate, which members of a database group need to connect to each other. */
  readonly client: boolean;
}

/** A server certificate signed by `authority`. */
export async function makeLeaf(authority: KeyPair, request: LeafRequest, now: Date): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', derOf(authority.key), ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: makeSerial(),
    subject: `CN=${request.commonName}`,
    issuer: issuer.subject,
    ...validity(now, LEAF_DAYS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usagesOf(request)),
      new x509.SubjectAlternativeNameExtension([
        ...request.dnsNames.map((value) => ({ type: 'dns' as const, value })),
        ...request.addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

/** Whether a leaf must be replaced: about to expire, signed by another authority, or made for other names or uses. */
export async function isLeafStale(
  leafPem: string,
  authorityPem: string,
  check: LeafRequest & { readonly now: Date },
): Promise<boolean> {
  const leaf = new x509.X509Certificate(leafPem);
  const authority = new x509.X509Certificate(authorityPem);
  if (leaf.notAfter.getTime() - check.now.getTime() < RENEWAL_MS) return true;
  if (!(await leaf.verify({ publicKey: authority.publicKey, signatureOnly: true }))) return true;
  const usages = leaf.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [];
  if (usagesOf(check).some((usage) => !usages.includes(usage))) return true;
  const names =
    leaf
      .getExtension(x509.SubjectAlternativeNameExtension)
      ?.names.toJSON()
      .map(({ value }) => value) ?? [];
  return [...check.dnsNames, ...check.addresses].some((name) => !names.includes(name));
}

function usagesOf({ client }: LeafRequest): string[] {
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  return client ? [serverAuth, clientAuth] : [serverAuth];
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  // Valid from an hour ago, for hosts with a slow clock.
  return { notBefore: new Date(now.getTime() - 3_600_000), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

function makeSerial(): string {
  // The first bit stays 0: serial numbers are positive.
  return `0${Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString('hex')
    .slice(1)}`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function derOf(pem: string): ArrayBuffer {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error('the private key of the authority is empty');
  return der;
}

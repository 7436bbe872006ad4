import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeAuthority, makeLeaf } from '../../deploy/stack/certificates.ts';
import type { Hop } from '../../deploy/model/hops.ts';
import { probeHop, type ProbeResult } from '../../exporters/prober/probe-hop.ts';

const valueOf = ({ samples }: ProbeResult, wanted: string): number | undefined =>
  samples.find(({ name }) => name === wanted)?.value;

describe('a probe of a site with a certificate', () => {
  const DAY_S = 86_400;
  const nowS = (): number => Date.now() / 1000;
  const request = { commonName: 'shop.test', dnsNames: ['shop.test'], addresses: ['127.0.0.1'], client: false };

  /** Probes a site whose certificate was created `daysAgo`, with a prober that trusts its authority or another one. */
  async function probeSite(daysAgo: number, trusted: 'own' | 'another'): Promise<ProbeResult> {
    const made = new Date(Date.now() - daysAgo * DAY_S * 1000);
    const authority = await makeAuthority(made);
    const { certificate, key } = await makeLeaf(authority, request, made);
    const trustedAuthority = trusted === 'own' ? authority : await makeAuthority(made);
    const server = createServer({ cert: certificate, key }, (_, response) => response.end('<html></html>'));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const hop: Hop = { name: 'https', tier: 'lb', ask: { kind: 'http', url: `https://127.0.0.1:${port}/` } };
    return probeHop(hop, {
      login: { user: 'monitor', password: '', authority: trustedAuthority.certificate },
      deadlineMs: 2_000,
      signal: AbortSignal.timeout(2_000),
    });
  }

  it('exposes when the certificate expires', async () => {
    const result = await probeSite(0, 'own');
    expect(result.failure).toBeUndefined();
    const remainingDays = ((valueOf(result, 'probe_ssl_earliest_cert_expiry') ?? 0) - nowS()) / DAY_S;
    expect(remainingDays).toBeGreaterThan(390);
    expect(remainingDays).toBeLessThan(398);
  });

  it('fails if the certificate has expired, and still exposes the expiry time', async () => {
    const result = await probeSite(400, 'own');
    expect(valueOf(result, 'probe_success')).toBe(0);
    expect(result.failure).toContain('expired');
    const remainingDays = ((valueOf(result, 'probe_ssl_earliest_cert_expiry') ?? 0) - nowS()) / DAY_S;
    expect(remainingDays).toBeGreaterThan(-4);
    expect(remainingDays).toBeLessThan(-2);
  });

  it('fails if another authority has signed the certificate', async () => {
    const result = await probeSite(0, 'another');
    expect(valueOf(result, 'probe_success')).toBe(0);
    expect(valueOf(result, 'probe_ssl_earliest_cert_expiry')).toBeGreaterThan(nowS());
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderListPage } from './list-page.ts';
import { renderMailPage } from './mail-page.ts';
import { renderRunbookList, renderRunbookPage } from './runbook-page.ts';
import { openMailStore } from './store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-mailbox-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Draft {
  readonly subject?: string;
  readonly messageId?: string;
  readonly thread?: string;
  readonly html?: string;
  readonly drill?: boolean;
  readonly pictureType?: string;
}

async function compose(draft: Draft = {}): Promise<Buffer> {
  const { subject = '[FIRING] A lb1', messageId = '<1@x>', thread = '<t@x>', html = '<p>x</p>', drill = false } = draft;
  return new MailComposer({
    ...{ from: 'a@x', to: 'b@x', subject, messageId, inReplyTo: thread, references: thread, html, text: 'as text' },
    headers: {
      'X-Holdfast-Status': 'firing',
      'X-Holdfast-Alerts': `alertname=A; status=firing; host=lb1${drill ? '; drill=drill-1' : ''}`,
    },
    attachments: [{ cid: 'p1@x', content: Buffer.from('picture'), contentType: draft.pictureType ?? 'image/png' }],
  })
    .compile()
    .build();
}

describe('the mailbox', () => {
  it('stores mails with the same Message-ID once and counts the copies, even if they arrive concurrently', async () => {
    const store = await openMailStore(folder, 10);
    const source = await compose();
    await Promise.all([store.add(source, 1), store.add(source, 2), store.add(source, 3)]);
    await store.add(await compose({ messageId: '<2@x>' }), 4);
    expect(store.list(0)).toMatchObject([
      { messageId: '<1@x>', copies: 3 },
      { messageId: '<2@x>', copies: 1 },
    ]);
    const again = await openMailStore(folder, 10);
    expect((await again.add(source, 5)).copies).toBe(2);
  });

  it('shows attached pictures of a mail, and no other file types', async () => {
    const store = await openMailStore(folder, 10);
    const html = '<img src="cid:p1@x"><img src="http://evil.example/track.png">';
    const { id } = await store.add(await compose({ html }), 1);
    const other = await store.add(await compose({ html, messageId: '<2@x>', pictureType: 'image/svg+xml' }), 2);
    expect((await store.read(id))?.html).toContain(
      `<img src="data:image/png;base64,${Buffer.from('picture').toString('base64')}">`,
    );
    expect((await store.read(other.id))?.html).toContain('src="cid:p1@x"');
  });

  it('shows a mail in a sandboxed frame that its HTML cannot escape', async () => {
    const store = await openMailStore(folder, 10);
    const html = '"></iframe><script>alert(1)</script>';
    const { id } = await store.add(await compose({ html, subject: '<script>alert(2)</script>' }), 1);
    const mail = await store.read(id);
    const page = mail === undefined ? '' : renderMailPage(mail);
    expect(page).not.toContain('<script>');
    expect(page).toMatch(/<iframe sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    expect(page.match(/<\/iframe>/g)).toHaveLength(1);
  });

  it('lists threads, the one with the newest mail first, and marks drills', async () => {
    const store = await openMailStore(folder, 10);
    await store.add(await compose({ messageId: '<1@x>', thread: '<old@x>', subject: '[FIRING] Old' }), 1);
    await store.add(
      await compose({ messageId: '<2@x>', thread: '<new@x>', subject: '[DRILL] [FIRING] New', drill: true }),
      2,
    );
    await store.add(await compose({ messageId: '<3@x>', thread: '<old@x>', subject: '[RESOLVED] Old' }), 3);
    const page = renderListPage(store.list(0), []);
    const sections = page.split('<section').slice(1);
    expect(sections).toHaveLength(2);
    expect(sections[0]).toContain('>Old<');
    expect(sections[0]?.match(/<li>/g)).toHaveLength(2);
    expect(sections[0]).not.toContain('DRILL');
    expect(sections[1]).toContain('<span class="badge drill">DRILL</span>');
  });

  it('lists all runbooks by name', () => {
    const page = renderRunbookList(['WebHostLost', 'AppHostLost']);
    expect([...page.matchAll(/<a href="(\/runbooks\/\w+)">/g)].map(([, path]) => path)).toEqual([
      '/runbooks/AppHostLost',
      '/runbooks/WebHostLost',
    ]);
  });

  it('shows a runbook with its headings, lists and code, and escapes HTML', () => {
    const page = renderRunbookPage('A', '# A\n\n## Meaning\n\nText <script>.\n\n- one `x < y`\n- two\n\n1. first\n');
    for (const part of [
      '<h2>Meaning</h2>',
      '<p>Text &lt;script&gt;.</p>',
      '<li>one <code>x &lt; y</code></li>',
      '<ol><li>first</li></ol>',
    ]) {
      expect(page).toContain(part);
    }
  });
});

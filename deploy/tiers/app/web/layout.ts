import type { PageRoute } from '../../../model/route-classes.ts';
import { html, type Html } from './html.ts';

/** Logical name → fingerprinted path of a static file. Without a manifest (development), the plain path. */
export type AssetPath = (name: string) => string;

export function makeAssetPath(manifest: Readonly<Record<string, string>>): AssetPath {
  return (name) => manifest[name] ?? `/static/${name}`;
}

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** The navigation entry to mark as current. */
  readonly current?: '/products' | '/orders' | '/login';
  readonly isSignedIn: boolean;
  /** Route class of its beacons. */
  readonly route: PageRoute;
}

/** A complete HTML document. */
export function renderPage(page: Page, asset: AssetPath): string {
  const link = (href: Page['current'], text: string): Html =>
    html`<a href="${href}" ${href === page.current ? html` aria-current="page"` : undefined}>${text}</a>`;
  const document = html`<!doctype html>
    <html lang="en" data-route="${page.route}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${page.title} · holdfast shop</title>
        <link rel="stylesheet" href="${asset('app.css')}" />
        <script src="${asset('app.js')}" defer></script>
        <script src="${asset('beacons.js')}" defer></script>
      </head>
      <body>
        <header>
          <a class="brand" href="/">holdfast shop</a>
          <nav aria-label="Main">
            ${link('/products', 'Products')}
            ${page.isSignedIn ? link('/orders', 'My orders') : link('/login', 'Sign in')}
          </nav>
        </header>
        <main>${page.body}</main>
        <footer>
          ${page.isSignedIn ? html`<form method="post" action="/logout"><button>Sign out</button></form>` : undefined}
          <p>Nothing here is for sale: this shop shows that it stays up.</p>
        </footer>
      </body>
    </html> `;
  return document.text;
}

const MONEY = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });

export function renderMoney(cents: number): string {
  return MONEY.format(cents / 100);
}

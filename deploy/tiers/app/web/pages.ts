import type { Order, OrderLine } from '../shop/orders.ts';
import type { Product, ProductList } from '../shop/products.ts';
import { html, type Html } from './html.ts';
import { renderMoney, type AssetPath } from './layout.ts';

/** Static file with the drawing of each category. */
const DRAWINGS: Readonly<Record<string, string>> = {
  Bags: 'bag',
  Books: 'book',
  Chairs: 'chair',
  Headphones: 'headphones',
  Lamps: 'lamp',
  Mugs: 'mug',
  Plants: 'plant',
  Watches: 'watch',
};

export function homeBody(newest: ProductList, recent: readonly Product[], asset: AssetPath): Html {
  return html`<h1>Things that last</h1>
    <p class="lead">
      Ten thousand of them, kept in stock by three database servers, and still here when one of them is not.
    </p>
    <p><a class="button" href="/products">See all products</a></p>
    ${
      recent.length === 0
        ? undefined
        : html`<h2>Seen lately</h2>
            ${cards(recent, asset)}`
    }
    <h2>New</h2>
    ${cards(newest.products, asset)}`;
}

export function productsBody(list: ProductList, page: number, asset: AssetPath): Html {
  const links = [
    page > 1 ? html`<a rel="prev" href="/products?page=${page - 1}">Previous</a> ` : undefined,
    html`Page ${page} `,
    list.hasNext ? html`<a rel="next" href="/products?page=${page + 1}">Next</a>` : undefined,
  ];
  return html`<h1>Products</h1>
    ${list.products.length === 0 ? html`<p class="notice">There is nothing on this page.</p>` : cards(list.products, asset)}
    <nav aria-label="Pages">${links.filter((link) => link !== undefined)}</nav>`;
}

/** `orderKey` is the form's idempotency key, so that a repeated submission places one order. Without a session there is no form. */
export function productBody(product: Product, orderKey: string | undefined, asset: AssetPath): Html {
  const buy =
    orderKey === undefined
      ? html`<p><a class="button" href="/login?next=/products/${product.id}">Sign in to buy</a></p>`
      : html`<form method="post" action="/orders" data-once>
          <input type="hidden" name="productId" value="${product.id}" />
          <input type="hidden" name="key" value="${orderKey}" />
          <label>Quantity <input type="number" name="quantity" value="1" min="1" max="100" required /></label>
          <button>Buy now</button>
        </form>`;
  return html`<article class="product">
    ${drawing(product, asset)}
    <div>
      <h1>${product.name}</h1>
      <p class="price">${renderMoney(product.priceCents)}</p>
      <p>${product.description}</p>
      <p class="stock" data-left="${product.stock}">
        ${product.stock === 0 ? 'Sold out' : `${product.stock} in stock`}
      </p>
      ${buy}
      <p class="stock">${product.category} · ${product.sku}</p>
    </div>
  </article>`;
}

export function loginBody(next: string, isRefused: boolean): Html {
  return html`<h1>Sign in</h1>
    <p class="lead">
      The shop has a thousand customers: user1@shop.test to user1000@shop.test, all with the password “holdfast”.
    </p>
    ${isRefused ? html`<p class="notice" data-kind="error" role="alert">There is no such customer, or the password is another.</p>` : undefined}
    <form method="post" action="/login">
      <input type="hidden" name="next" value="${next}" />
      <label>Email <input type="email" name="email" autocomplete="username" required /></label>
      <label>Password <input type="password" name="password" autocomplete="current-password" required /></label>
      <button>Sign in</button>
    </form>`;
}

export function ordersBody(orders: readonly Order[], isStale: boolean): Html {
  const rows = orders.map(
    (order) =>
      html`<tr>
        <td><a href="/orders/${order.orderId}">${order.orderId}</a></td>
        <td>${order.createdAt.slice(0, 16).replace('T', ' ')}</td>
        <td class="number">${renderMoney(order.totalCents)}</td>
      </tr>`,
  );
  return html`<h1>My orders</h1>
    ${staleNotice(isStale)}
    ${
      orders.length === 0
        ? html`<p class="notice">No order yet.</p>`
        : html`<table>
            <thead>
              <tr>
                <th>Order</th>
                <th>Placed (UTC)</th>
                <th class="number">Total</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>`
    }`;
}

export function orderBody(order: Order, lines: readonly OrderLine[], isStale: boolean): Html {
  const rows = lines.map(
    (line) =>
      html`<tr>
        <td><a href="/products/${line.productId}">${line.name}</a></td>
        <td class="number">${line.quantity}</td>
        <td class="number">${renderMoney(line.unitPriceCents * line.quantity)}</td>
      </tr>`,
  );
  return html`<h1>Order ${order.orderId}</h1>
    ${staleNotice(isStale)}
    <table>
      <thead>
        <tr>
          <th>Product</th>
          <th class="number">Quantity</th>
          <th class="number">Price</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
      <tfoot>
        <tr>
          <th colspan="2">Total</th>
          <td class="number price">${renderMoney(order.totalCents)}</td>
        </tr>
      </tfoot>
    </table>`;
}

export function messageBody(title: string, text: string): Html {
  return html`<h1>${title}</h1>
    <p class="notice" data-kind="error">${text}</p>
    <p><a href="/">To the shop</a></p>`;
}

function staleNotice(isStale: boolean): Html | undefined {
  return isStale ? html`<p class="notice">What you did in the last seconds may be missing here.</p>` : undefined;
}

function cards(products: readonly Product[], asset: AssetPath): Html {
  const items = products.map(
    (product) =>
      html`<li class="card">
        ${drawing(product, asset)}
        <h2><a href="/products/${product.id}">${product.name}</a></h2>
        <p class="price">${renderMoney(product.priceCents)}</p>
      </li> `,
  );
  return html`<ul class="grid">
    ${items}
  </ul>`;
}

function drawing(product: Product, asset: AssetPath): Html {
  const path = asset(`product/${DRAWINGS[product.category] ?? 'bag'}.svg`);
  return html`<img src="${path}" alt="" width="400" height="300" loading="lazy" />`;
}

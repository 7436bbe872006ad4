import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html } from './html.ts';

it('escapes values, not templates', () => {
  expect(html`<p title="${'"'}">${'<script>'}${html`<b>${1}</b>`}${undefined}${[html`a`, html`&`]}</p>`.text).toBe(
    '<p title="&quot;">&lt;script&gt;<b>1</b>a&</p>',
  );
});

it('escapes all markup characters of a value', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(html`${value}`.text).not.toMatch(/[<>"']/);
    }),
  );
});

import { expect, it } from 'vitest';
import { list, table } from './blocks.ts';

it('shows code between backticks as code in tables and lists, and nothing of others as markup', () => {
  const { markup } = table(['what'], [['`GET /a<b>` answers <i>200</i>, one ` stays']]);
  expect(markup).toContain(
    '<td><code>GET /a&lt;b&gt;</code> answers &lt;i&gt;200&lt;/i&gt;, one ` stays</td>',
  );
  expect(list(['run `npm test`']).markup).toContain('<li>run <code>npm test</code></li>');
});

import { expect, test } from 'vitest';
import { markup, trusted } from '../../../../src/lib/render/check/markup.ts';

test('what is no markup is escaped, for elements and for attributes', () => {
  const text = `<b title="x">'&\u001b`;
  expect(`${markup`<p title="${text}">${text}</p>`}`).toBe(
    '<p title="&lt;b title=&quot;x&quot;&gt;&#39;&amp;\\u{1b}">&lt;b title=&quot;x&quot;&gt;&#39;&amp;\\u{1b}</p>',
  );
});

test('markup in markup stays as it is, lists are joined, and so are numbers', () => {
  const items = ['<', markup`<li>${1.5}</li>`, trusted('<hr>')];
  expect(`${markup`<ul>${items}${markup`<b>${'"'}</b>`}</ul>${0}`}`).toBe(
    '<ul>&lt;<li>1.5</li><hr><b>&quot;</b></ul>0',
  );
});

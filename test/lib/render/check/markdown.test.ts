import { expect, test } from 'vitest';
import { Redactor } from '../../../../src/lib/core/redactor.ts';
import { checkMarkdown } from '../../../../src/lib/render/check/markdown.ts';
import { markdownBlock, markdownCode, markdownText } from '../../../../src/lib/render/check/markdown-text.ts';
import { fileText } from '../../../../src/lib/render/output.ts';
import { HOSTILE_TEXTS, hostileReport, REPORTS } from './reports.ts';

test.each(REPORTS)('%s', async (name, report) => {
  await expect(fileText(checkMarkdown(report), new Redactor())).toMatchFileSnapshot(
    `golden/markdown-${name}.golden`,
  );
});

test('nothing in a text is markup, a link, a mention or the border of a cell', () => {
  expect(markdownText('a|b [x](https://e) <i> @me #1 `c` *d* www.e \\ $1$ :key: !1 ~~e~~ 5%')).toBe(
    'a&#124;b &#91;x&#93;(https&#58;//e) &lt;i&gt; &#64;me &#35;1 &#96;c&#96; &#42;d&#42; www&#46;e &#92; &#36;1&#36; &#58;key&#58; &#33;1 &#126;&#126;e&#126;&#126; 5&#37;',
  );
  expect(markdownCode('user@host')).toBe('<code>user&#64;<wbr>host</code>');
  expect(markdownBlock(['a ```` b'])).toEqual(['`````', 'a ```` b', '`````']);
});

/** The lines outside of fences, and how many fences there are. */
function outside(markdown: string) {
  let fence: string | null = null;
  const lines: string[] = [];
  let blocks = 0;
  for (const line of markdown.split('\n')) {
    if (fence === null && /^`{3,}$/.test(line)) {
      fence = line;
      blocks += 1;
    } else if (fence !== null) {
      // A fence is closed by one that is as long or longer (CommonMark, section 4.5).
      if (/^ {0,3}`{3,} *$/.test(line) && line.trim().length >= fence.length) fence = null;
    } else lines.push(line);
  }
  return { lines, blocks, open: fence !== null };
}

test.each(HOSTILE_TEXTS)('a text from outside changes nothing of the page around it: %j', (text) => {
  const plain = outside(fileText(checkMarkdown(hostileReport('plain')), new Redactor()));
  const page = fileText(checkMarkdown(hostileReport(text)), new Redactor());
  const { lines, blocks, open } = outside(page);
  expect([lines.length, blocks, open]).toEqual([plain.lines.length, plain.blocks, false]);
  const shape = (line: string) => line.match(/\||<\/?[a-z]+>|\*\*|^#+ |^- |\]\(/g);
  expect(lines.map(shape).map((marks) => marks?.filter((mark) => mark !== '<wbr>') ?? null)).toEqual(
    plain.lines.map(shape),
  );
  expect(lines.join('\n')).not.toMatch(/https?:|www\.|@\w|`/);
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(page).not.toMatch(/^\s*::|##\[/m);
});

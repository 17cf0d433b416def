// Writes docs/failures.md from the one set of data that errors, checks and `fedctl explain` read, too, and docs/parity.md
// from the rows that are compared with the clients of AWS.
import { writeFileSync } from 'node:fs';
import { areas, pageOf } from '../dist/lib/explanations/explanations.js';
import { failuresPage } from '../dist/lib/render/failures-page.js';
import { parityPage } from '../test/parity/document.js';

writeFileSync(new URL('failures.md', import.meta.url), failuresPage(areas(), pageOf));
writeFileSync(new URL('parity.md', import.meta.url), parityPage());

// Writes docs/failures.md from the one set of data that errors, checks and `fedctl explain` read, too.
import { writeFileSync } from 'node:fs';
import { areas, pageOf } from '../dist/lib/explanations/explanations.js';
import { failuresPage } from '../dist/lib/render/failures-page.js';

writeFileSync(new URL('failures.md', import.meta.url), failuresPage(areas(), pageOf));

// Preloaded into the real binary: names every file that Node loads on stderr.

import { writeSync } from 'node:fs';
// Preloaded into the real binary: names every file that Node loads on stderr.
import Module, { register } from 'node:module';

const hooks = `
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    writeSync(2, 'loaded ' + url + '\\n');
    return next(url, context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

// Modules that CommonJS requires do not pass the hook.
const { _load } = Module;
Module._load = function load(request, parent, isMain) {
  if (!request.startsWith('.')) writeSync(2, `loaded require:/node_modules/${request}/\n`);
  return _load.call(this, request, parent, isMain);
};

// Preloaded into the real binary: names on stderr every file that it reads as a whole.
const fs = require('node:fs');

const { readFileSync, writeSync } = fs;
fs.readFileSync = (path, ...rest) => {
  if (typeof path === 'string') writeSync(2, `read ${path}\n`);
  return readFileSync(path, ...rest);
};

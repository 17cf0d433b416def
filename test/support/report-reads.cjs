// Preloaded into the real binary: prints the name of each file that it reads completely to stderr.
const fs = require('node:fs');

const { readFileSync, writeSync } = fs;
fs.readFileSync = (path, ...rest) => {
  if (typeof path === 'string') writeSync(2, `read ${path}\n`);
  return readFileSync(path, ...rest);
};

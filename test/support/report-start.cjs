// Preloaded into the real binary: writes a report to the file that START_REPORT names. The report lists the bundle files
// that were read, the loaded Node.js modules, the number of HTTP requests and the commands sent to MongoDB.
const fs = require('node:fs');
const net = require('node:net');
const { subscribe } = require('node:diagnostics_channel');

const { readFileSync } = fs;
const before = new Set(process.moduleLoadList);
const chunks = [];
let http = 0;
const mongo = [];

fs.readFileSync = (path, ...rest) => {
  if (typeof path === 'string' && path.endsWith('.cjs')) chunks.push(path);
  return readFileSync(path, ...rest);
};
subscribe('http.client.request.start', () => {
  http += 1;
});

/** The offset of the command name by operation code: OP_MSG, and OP_QUERY for the first hello. */
const NAMES = { 2013: 26, 2004: 44 };
const { write } = net.Socket.prototype;
net.Socket.prototype.write = function (data, ...rest) {
  // Each message begins with its own length.
  const isMessage = Buffer.isBuffer(data) && data.length > 16 && data.readInt32LE(0) === data.length;
  const at = isMessage ? NAMES[data.readInt32LE(12)] : undefined;
  if (at !== undefined) mongo.push(data.toString('latin1', at, data.indexOf(0, at)));
  return write.call(this, data, ...rest);
};

process.on('exit', () => {
  const builtins = process.moduleLoadList
    .filter((name) => name.startsWith('NativeModule ') && !before.has(name))
    .map((name) => name.slice('NativeModule '.length));
  fs.writeFileSync(process.env.START_REPORT, JSON.stringify({ chunks, builtins, http, mongo }));
});

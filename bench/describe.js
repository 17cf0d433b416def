/** Limits as multiples of the CPU time of `node -e 0`, with and without the code cache, and in MiB; null for none. */
const LIMITS = {
  '--help': [1.3, 1.7, 44],
  '--version': [1.3, 1.7, 44],
  decode: [2.0, 2.1, 47],
  verify: [2.7, 3.1, 52],
  token: [3.3, 4.9, 56],
  credentials: [3.6, 5.0, 56],
  whoami: [3.6, 5.2, 56],
  status: [4.2, null, 58],
  'connect --mechanism oidc': [5.4, 8.5, 72],
  'connect --mechanism aws': [6.4, 9.5, 74],
  check: [8.0, 12.7, 80],
  'sandbox -- true': [10.5, null, null],
};

const SCALE = [
  ['`connect` with 50 ms of round-trip time', ({ farConnectMs }) => farConnectMs, 400, 'ms'],
  ['`check` of 100 targets beside one', ({ oneMs, hundredMs }) => hundredMs / oneMs, 8, 'times'],
  ['`check` of 2,000 targets', ({ thousandsMib }) => thousandsMib, 300, 'MiB'],
  ['`check` of 2,000 targets', ({ thousandsMs }) => thousandsMs / 1000, null, 's'],
];

/**
 * Formats runs side by side.
 *
 * @returns {{ text: string, misses: number }} Markdown, and the number of figures above their limits
 */
export function describeRuns(about, runs) {
  let misses = 0;
  const cell = (figure, limit, digits) => {
    if (figure === undefined) return '';
    const over = limit !== null && figure > limit;
    if (over) misses += 1;
    const text = figure.toFixed(digits);
    return over ? `**${text}**` : text;
  };
  const sideBySide = (figures, limit, digits) =>
    figures.map((figure) => cell(figure, limit, digits)).join(' · ');
  const table = (head, rows) =>
    [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
  const named = (kind, name) => runs.map((run) => run[kind].find((row) => row.name === name));
  const commands = runs[0].rows.map(({ name }) => {
    const [cached, uncached, mib] = LIMITS[name];
    const found = named('rows', name);
    return [
      `\`${name}\``,
      sideBySide(
        found.map((row) => row?.cached.cpu),
        cached,
        2,
      ),
      cached,
      sideBySide(
        found.map((row) => row?.cached.mib),
        mib,
        1,
      ),
      mib ?? '',
      sideBySide(
        found.map((row) => row?.cached.wallMs),
        null,
        0,
      ),
      sideBySide(
        found.map((row) => row?.uncached.cpu),
        uncached,
        2,
      ),
      uncached ?? '',
    ];
  });
  const peers = runs[0].peers.map(({ name, about: what }) => {
    const found = named('peers', name);
    return [
      `${name}: ${what}`,
      sideBySide(
        found.map((row) => row?.cached.cpu),
        null,
        1,
      ),
      sideBySide(
        found.map((row) => row?.cached.mib),
        null,
        0,
      ),
      sideBySide(
        found.map((row) => row?.cached.wallMs),
        null,
        0,
      ),
    ];
  });
  const scale = SCALE.map(([what, of, limit, unit]) => [
    what,
    `${sideBySide(
      runs.map(({ scale: found }) => of(found)),
      limit,
      1,
    )} ${unit}`,
    limit === null ? '' : `${limit} ${unit}`,
  ]);
  const node = runs.map((run) => run.rows[0].cached);
  const text = `# Results

\`${about.command}\`, ${runs.map(({ at }) => at.slice(0, 16).replace('T', ' ')).join(' and ')} UTC, on ${about.machine},
Node.js ${about.node}. Load at the start: ${runs.map(({ load }) => load.toFixed(2)).join(' · ')}.${about.forced ? ' **Void: the machine was busy (--force).**' : ''}
\`node -e 0\`: ${sideBySide(
    node.map(({ nodeMs }) => nodeMs),
    null,
    0,
  )} ms of CPU time, ${sideBySide(
    node.map(({ nodeMib }) => nodeMib),
    null,
    1,
  )} MiB.

CPU is user and system time as a multiple of \`node -e 0\`. Each figure is the lower quartile of its pairs, for each of the
runs. A figure above its limit is bold.

${table(['command', 'CPU', 'at most', 'MiB', 'at most', 'ms', 'CPU without cache', 'at most'], commands)}

${table(['another program', 'CPU', 'MiB', 'ms'], peers)}

${table(['at scale', 'found', 'at most'], scale)}
`;
  return { text, misses };
}

import { aggregate, batch, failure, find, type Row, testRows } from '../../support/store-rows.ts';

const BOOKS = [
  { _id: 1, t: ['a', 'b'], n: 1, g: 'x' },
  { _id: 2, t: [], n: 2, g: 'x' },
  { _id: 3, n: 3, g: 'y' },
];
const refused = (
  name: string,
  stages: readonly object[],
  code: number,
  errmsg: string,
  codeName = `Location${code}`,
): Row => ({
  name,
  run: [[{ _id: 1 }], aggregate(...stages)],
  reply: failure(code, codeName, errmsg),
});
const piped = (name: string, stages: readonly object[], ...documents: readonly object[]): Row => ({
  name,
  run: [BOOKS, aggregate(...stages)],
  reply: batch(...documents),
});
const found = (
  name: string,
  document: object,
  projection: object,
  result: object,
  filter: object = {},
): Row => ({
  name,
  run: [[document], find(filter, { projection })],
  reply: batch(result),
});
/** A branch of $switch: a literal with a member `then` looks like a promise. */
const THREE = Object.fromEntries([
  ['case', { $eq: ['$n', 3] }],
  ['then', 'three'],
]);
const unsupportedStage = (name: string) => `The lab does not support the pipeline stage ${name}.`;
const DOCUMENT = { _id: 1, t: ['a', 'b'], n: 1, m: 2, o: { p: 1, q: 2 }, l: [{ x: 1, y: 1 }, 5, { x: 2 }] };

const ROWS: readonly Row[] = [
  refused(
    '$unwind of a name',
    [{ $unwind: 'a' }],
    28818,
    "path option to $unwind stage should be prefixed with a '$': a",
  ),
  refused('$limit of 0', [{ $limit: 0 }], 15958, 'the limit must be positive'),
  refused(
    '$limit below 0',
    [{ $limit: -1 }],
    5107201,
    'invalid argument to $limit stage: Expected a non-negative number in: $limit: -1',
  ),
  refused(
    '$skip below 0',
    [{ $skip: -1 }],
    5107200,
    'invalid argument to $skip stage: Expected a non-negative number in: $skip: -1',
  ),
  refused(
    '$sort by 5',
    [{ $sort: { _id: 5 } }],
    15975,
    '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
  ),
  refused('$sort by nothing', [{ $sort: {} }], 15976, '$sort stage must have at least one sort key'),
  refused(
    '$project of nothing',
    [{ $project: {} }],
    51272,
    'Invalid $project :: caused by :: projection specification must have at least one field',
  ),
  refused(
    '$group without _id',
    [{ $group: { n: { $sum: 1 } } }],
    15955,
    'a group specification must include an _id',
  ),
  refused(
    'a stage that does not exist',
    [{ $bogus: {} }],
    40324,
    "Unrecognized pipeline stage name: '$bogus'",
  ),
  refused(
    'a stage with two names',
    [{ $match: {}, $limit: 1 }],
    40323,
    'A pipeline stage specification object must contain exactly one field.',
  ),
  refused(
    'an expression that does not exist',
    [{ $project: { x: { $bogus: 1 } } }],
    31325,
    'Unknown expression $bogus',
  ),
  refused(
    'an inner expression that does not exist',
    [{ $set: { x: { $add: [{ $bogus: 1 }] } } }],
    168,
    "Unrecognized expression '$bogus'",
    'InvalidPipelineOperator',
  ),
  refused(
    'an accumulator that does not exist',
    [{ $group: { _id: null, n: { $bogus: 1 } } }],
    15952,
    "unknown group operator '$bogus'",
  ),
  refused(
    'an accumulator that the lab refuses',
    [{ $group: { _id: null, t: { $top: { sortBy: { v: -1 }, output: '$v' } } } }],
    15952,
    'The lab does not support the group operator $top.',
  ),
  refused('$out', [{ $out: 'o' }], 40324, unsupportedStage('$out')),
  refused(
    '$out in a facet',
    [{ $facet: { x: [{ $out: 'o' }] } }],
    40600,
    '$out is not allowed to be used within a $facet stage',
  ),
  refused(
    '$out in a $lookup',
    [{ $lookup: { from: 'c', pipeline: [{ $out: 'o' }], as: 'x' } }],
    40324,
    unsupportedStage('$out'),
  ),
  refused(
    '$setWindowFields',
    [{ $setWindowFields: { sortBy: { _id: 1 }, output: {} } }],
    40324,
    unsupportedStage('$setWindowFields'),
  ),
  refused(
    'a change stream on a standalone',
    [{ $changeStream: {} }],
    40573,
    'The $changeStream stage is only supported on replica sets',
  ),
  refused('an undefined variable', [{ $set: { x: '$$v' } }], 17276, 'Use of undefined variable: v'),
  refused(
    'too many arguments',
    [{ $set: { x: { $eq: [1, 2, 3] } } }],
    16020,
    'Expression $eq takes exactly 2 arguments. 3 were passed in.',
  ),
  refused(
    'an expression with two operators',
    [{ $set: { x: { $add: [1], $abs: 1 } } }],
    15983,
    'An object representing an expression must have exactly one field: { $add: [ 1 ], $abs: 1 }',
  ),
  refused(
    'arithmetic on a text',
    [{ $set: { x: { $add: ['a', 1] } } }],
    14,
    '$add only supports numeric or date types, not string',
    'TypeMismatch',
  ),
  refused(
    'a facet with a stage that does not exist',
    [{ $facet: { x: [{ $bogus: 1 }] } }],
    40324,
    "Unrecognized pipeline stage name: '$bogus'",
  ),
  {
    name: 'no cursor',
    run: [{ aggregate: 'c', pipeline: [] }],
    reply: failure(
      9,
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    ),
  },
  {
    name: 'explain',
    run: [{ aggregate: 'c', pipeline: [], explain: true }],
    reply: failure(238, 'NotImplemented', "The lab does not support the option 'aggregate.explain'."),
  },
  {
    name: '$documents',
    run: [{ aggregate: 1, pipeline: [{ $documents: [{ a: 1 }] }], cursor: {} }],
    reply: failure(40324, 'Location40324', unsupportedStage("'$documents'")),
  },
  piped(
    '$match, $sort, $skip and $limit',
    [
      { $match: { n: { $gt: 1 } } },
      { $sort: { n: -1 } },
      { $skip: 1 },
      { $limit: 1 },
      { $project: { n: 1 } },
    ],
    { _id: 2, n: 2 },
  ),
  piped(
    '$group by a field',
    [
      {
        $group: {
          _id: '$g',
          n: { $sum: '$n' },
          all: { $push: '$n' },
          one: { $first: '$n' },
          c: { $count: {} },
        },
      },
      { $sort: { _id: 1 } },
    ],
    { _id: 'x', n: 3, all: [1, 2], one: 1, c: 2 },
    { _id: 'y', n: 3, all: [3], one: 3, c: 1 },
  ),
  piped('$unwind', [{ $unwind: '$t' }, { $project: { t: 1 } }], { _id: 1, t: 'a' }, { _id: 1, t: 'b' }),
  piped(
    '$unwind with its options',
    [
      { $unwind: { path: '$t', includeArrayIndex: 'i', preserveNullAndEmptyArrays: true } },
      { $project: { t: 1, i: 1 } },
    ],
    { _id: 1, t: 'a', i: 0 },
    { _id: 1, t: 'b', i: 1 },
    { _id: 2, i: null },
    { _id: 3, i: null },
  ),
  piped('$count', [{ $match: { g: 'x' } }, { $count: 'n' }], { n: 2 }),
  piped('$count of nothing', [{ $match: { g: 'z' } }, { $count: 'n' }]),
  piped('$sortByCount', [{ $sortByCount: '$g' }], { _id: 'x', count: 2 }, { _id: 'y', count: 1 }),
  piped('$facet', [{ $facet: { a: [{ $count: 'n' }], b: [{ $limit: 1 }, { $project: { n: 1 } }] } }], {
    a: [{ n: 3 }],
    b: [{ _id: 1, n: 1 }],
  }),
  piped(
    '$lookup with a pipeline',
    [
      { $limit: 1 },
      {
        $lookup: {
          from: 'c',
          let: { g: '$g' },
          pipeline: [{ $match: { $expr: { $eq: ['$g', '$$g'] } } }, { $project: { n: 1 } }],
          as: 'same',
        },
      },
      { $project: { same: 1 } },
    ],
    {
      _id: 1,
      same: [
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ],
    },
  ),
  piped('$replaceRoot', [{ $limit: 1 }, { $replaceRoot: { newRoot: { x: '$n' } } }], { x: 1 }),
  piped('$unset and $set', [{ $limit: 1 }, { $unset: ['t', 'g'] }, { $set: { 'o.p': '$n' } }], {
    _id: 1,
    n: 1,
    o: { p: 1 },
  }),
  piped(
    'expressions on arrays',
    [
      { $limit: 1 },
      {
        $project: {
          _id: 0,
          m: { $map: { input: '$t', as: 'e', in: { $concat: ['$$e', '!'] } } },
          f: { $filter: { input: '$t', cond: { $eq: ['$$this', 'a'] } } },
          r: { $reduce: { input: '$t', initialValue: '', in: { $concat: ['$$value', '$$this'] } } },
        },
      },
    ],
    { m: ['a!', 'b!'], f: ['a'], r: 'ab' },
  ),
  piped(
    'conditions',
    [
      {
        $project: {
          _id: 0,
          c: { $cond: [{ $gt: ['$n', 1] }, 'many', 'one'] },
          i: { $ifNull: ['$t', 'none'] },
          s: { $switch: { branches: [THREE], default: '?' } },
        },
      },
    ],
    { c: 'one', i: ['a', 'b'], s: '?' },
    { c: 'many', i: [], s: '?' },
    { c: 'many', i: 'none', s: 'three' },
  ),
  piped('$$REMOVE', [{ $match: { n: 1 } }, { $project: { n: { $cond: [true, '$$REMOVE', 1] } } }], {
    _id: 1,
  }),
  found('inclusion', DOCUMENT, { n: 1, 'o.p': 1 }, { _id: 1, n: 1, o: { p: 1 } }),
  found('exclusion', DOCUMENT, { t: 0, l: 0, 'o.p': 0 }, { _id: 1, n: 1, m: 2, o: { q: 2 } }),
  found('inclusion in an array', DOCUMENT, { 'l.x': 1 }, { _id: 1, l: [{ x: 1 }, { x: 2 }] }),
  found(
    'exclusion in an array',
    DOCUMENT,
    { t: 0, n: 0, m: 0, o: 0, 'l.x': 0 },
    { _id: 1, l: [{ y: 1 }, 5, {}] },
  ),
  found(
    '$slice alone leaves every other field',
    { _id: 1, t: ['a', 'b'], n: 1 },
    { t: { $slice: 1 } },
    { _id: 1, t: ['a'], n: 1 },
  ),
  found(
    '$slice beside an exclusion',
    { _id: 1, t: ['a', 'b'], n: 1, m: 2 },
    { t: { $slice: 1 }, n: 0 },
    { _id: 1, t: ['a'], m: 2 },
  ),
  found(
    '$slice beside an inclusion',
    { _id: 1, t: ['a', 'b'], n: 1, m: 2 },
    { t: { $slice: -1 }, n: 1 },
    { _id: 1, t: ['b'], n: 1 },
  ),
  found(
    '$elemMatch',
    { _id: 1, t: ['a', 'b'], n: 1 },
    { t: { $elemMatch: { $eq: 'b' } } },
    { _id: 1, t: ['b'] },
  ),
  found(
    'the element that the filter matched',
    { _id: 1, t: ['a', 'b'], n: 1 },
    { 't.$': 1 },
    { _id: 1, t: ['b'] },
    { t: 'b' },
  ),
  found('a computed field', { _id: 1, a: 1 }, { m: { $add: ['$a', 1] } }, { _id: 1, m: 2 }),
  found('a literal', { _id: 1, a: 1 }, { m: 'x' }, { _id: 1, m: 'x' }),
  {
    name: 'inclusion and exclusion',
    run: [[DOCUMENT], find({}, { projection: { n: 1, m: 0 } })],
    reply: failure(31254, 'Location31254', 'Cannot do exclusion on field m in inclusion projection'),
  },
  {
    name: 'exclusion and inclusion',
    run: [[DOCUMENT], find({}, { projection: { n: 0, m: 1 } })],
    reply: failure(31253, 'Location31253', 'Cannot do inclusion on field m in exclusion projection'),
  },
  {
    name: 'a field and one inside it',
    run: [[DOCUMENT], find({}, { projection: { o: 1, 'o.p': 1 } })],
    reply: failure(31249, 'Location31249', 'Path collision at o.p remaining portion p'),
  },
  {
    name: 'a field inside and the whole',
    run: [[DOCUMENT], find({}, { projection: { 'o.p': 1, o: 1 } })],
    reply: failure(31250, 'Location31250', 'Path collision at o'),
  },
  {
    name: 'dates as text',
    run: [
      [{ _id: 1, d: new Date('2024-02-29T10:20:30.040Z') }],
      aggregate({
        $project: {
          _id: 0,
          day: { $dateToString: { date: '$d', format: '%Y-%m-%d' } },
          year: { $year: '$d' },
        },
      }),
    ],
    reply: batch({ day: '2024-02-29', year: 2024 }),
  },
  {
    name: 'a time zone',
    run: [
      [{ _id: 1, d: new Date(0) }],
      aggregate({ $project: { x: { $dateToString: { date: '$d', timezone: 'Europe/Berlin' } } } }),
    ],
    reply: failure(238, 'NotImplemented', 'The lab does not support time zones other than UTC.'),
  },
];

testRows('pipelines and projections', ROWS);

import { Binary, BSONRegExp, Decimal128, Double, MaxKey, MinKey, ObjectId, Timestamp } from 'mongodb';
import {
  aggregate,
  batch,
  failure,
  find,
  type Row,
  testRows,
  update,
  writeError,
} from '../../support/store-rows.ts';

const only = { projection: { _id: 1 } };
const ids = (...found: readonly number[]) => batch(...found.map((_id) => ({ _id })));
const bad = (errmsg: string) => failure(2, 'BadValue', errmsg);
const refused = (name: string, filter: object, reply: object): Row => ({
  name,
  run: [[{ _id: 1, n: 5 }], find(filter)],
  reply,
});
const STATES = [
  { _id: 1, s: { h: 14, w: 21 } },
  { _id: 2, s: { w: 21, h: 14 } },
];
const NULLS = [
  { _id: 1, v: null },
  { _id: 2 },
  { _id: 3, v: 0 },
  { _id: 4, v: [] },
  { _id: 5, v: [null] },
  { _id: 6, v: { b: null } },
  { _id: 7, v: [{ b: 1 }, {}] },
  { _id: 8, v: [1] },
];
const MIXED = [
  { _id: 1, v: true },
  { _id: 2, v: new ObjectId('64a000000000000000000001') },
  { _id: 3, v: new MinKey() },
  { _id: 4, v: 5 },
  { _id: 5, v: new MaxKey() },
  { _id: 6, v: 'x' },
  { _id: 7, v: { a: 1 } },
  { _id: 8, v: new Date(0) },
  { _id: 9, v: new Binary(Buffer.from('x')) },
  { _id: 10 },
  { _id: 11, v: [] },
  { _id: 12, v: /x/ },
  { _id: 13, v: new Timestamp({ t: 1, i: 1 }) },
];
const NUMBERS = [
  { _id: 1, n: 1 },
  { _id: 2, n: new Double(1) },
  { _id: 3, n: Decimal128.fromString('1') },
];
const matched = (name: string, text: string, filter: object, found: readonly number[]): Row => ({
  name,
  run: [[{ _id: 1, s: text }], find({ s: filter }, only)],
  reply: ids(...found),
});

const ROWS: readonly Row[] = [
  {
    name: 'the order of fields counts in an equality',
    run: [STATES, find({ s: { h: 14, w: 21 } }, only)],
    reply: ids(1),
  },
  {
    name: 'and in a group',
    run: [STATES, aggregate({ $group: { _id: '$s' } })],
    reply: batch({ _id: { h: 14, w: 21 } }, { _id: { w: 21, h: 14 } }),
  },
  {
    name: 'and in $addToSet',
    run: [[{ _id: 1, t: [{ x: 1, y: 2 }] }], update({ $addToSet: { t: { y: 2, x: 1 } } }), find({})],
    reply: batch({
      _id: 1,
      t: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    }),
  },
  {
    name: 'and in $pullAll',
    run: [[{ _id: 1, t: [{ x: 1, y: 2 }] }], update({ $pullAll: { t: [{ y: 2, x: 1 }] } }), find({})],
    reply: batch({ _id: 1, t: [{ x: 1, y: 2 }] }),
  },
  {
    name: 'a descending sort compares the greatest element',
    run: [
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: [2] },
      ],
      find({}, { sort: { a: -1 }, ...only }),
    ],
    reply: ids(1, 2),
  },
  {
    name: 'an ascending sort compares the least element',
    run: [
      [{ _id: 1, a: [5, 3] }, { _id: 2, a: [4] }, { _id: 3, a: [] }, { _id: 4 }],
      find({}, { sort: { a: 1 }, ...only }),
    ],
    reply: ids(3, 4, 1, 2),
  },
  {
    name: 'a sort by two fields of elements takes them from one element',
    run: [
      [
        {
          _id: 1,
          l: [
            { a: 1, b: 5 },
            { a: 2, b: 1 },
          ],
        },
        { _id: 2, l: [{ a: 1, b: 3 }] },
      ],
      find({}, { sort: { 'l.a': 1, 'l.b': 1 }, ...only }),
    ],
    reply: ids(2, 1),
  },
  {
    name: 'a sort by two arrays',
    run: [[{ a: [1], b: [1] }], find({}, { sort: { a: 1, b: 1 } })],
    reply: bad('cannot sort with keys that are parallel arrays'),
  },
  {
    name: 'values of all types sort in BSON order',
    run: [MIXED, find({}, { sort: { v: 1 }, ...only })],
    reply: ids(3, 11, 10, 4, 6, 7, 9, 2, 1, 8, 13, 12, 5),
  },
  ...(
    [
      ['$type finds decimals', { n: { $type: 'decimal' } }, [3]],
      ['$type finds ints', { n: { $type: 16 } }, [1]],
      ['$type finds numbers', { n: { $type: 'number' } }, [1, 2, 3]],
      ['$type finds one of several', { n: { $type: ['int', 'double'] } }, [1, 2]],
      ['numbers of all types are equal', { n: 1 }, [1, 2, 3]],
    ] as const
  ).map(([name, filter, found]): Row => ({ name, run: [NUMBERS, find(filter, only)], reply: ids(...found) })),
  {
    name: 'the expression $type tells the numeric types apart',
    run: [NUMBERS, aggregate({ $project: { t: { $type: '$n' } } })],
    reply: batch({ _id: 1, t: 'int' }, { _id: 2, t: 'double' }, { _id: 3, t: 'decimal' }),
  },
  {
    name: '$type finds ObjectIds, binary data and timestamps',
    run: [MIXED, find({ v: { $type: ['objectId', 'binData', 'timestamp'] } }, only)],
    reply: ids(2, 9, 13),
  },
  {
    name: '$type looks at the elements of an array',
    run: [
      [
        { _id: 1, o: [{ x: 1 }] },
        { _id: 2, o: { x: 1 } },
      ],
      find({ o: { $type: 'object' } }, only),
    ],
    reply: ids(1, 2),
  },
  ...(
    [
      ['v: null', { v: null }, [1, 2, 5]],
      ['$gte: null', { v: { $gte: null } }, [1, 2, 5]],
      ['$lte: null', { v: { $lte: null } }, [1, 2, 5]],
      ['$gt: null', { v: { $gt: null } }, []],
      ['$in: [null]', { v: { $in: [null] } }, [1, 2, 5]],
      ['$ne: null', { v: { $ne: null } }, [3, 4, 6, 7, 8]],
      ['$exists: false', { v: { $exists: false } }, [2]],
      ['an inner field that is null', { 'v.b': null }, [1, 2, 3, 6, 7]],
      ['an inner field that is missing', { 'v.b': { $exists: false } }, [1, 2, 3, 4, 5, 8]],
      ['$type: null', { v: { $type: 'null' } }, [1, 5]],
    ] as const
  ).map(
    ([name, filter, found]): Row => ({
      name: `null and missing fields: ${name}`,
      run: [NULLS, find(filter, only)],
      reply: ids(...found),
    }),
  ),
  refused('an empty $and', { $and: [] }, bad('$and must be a nonempty array')),
  refused('an empty $or', { $or: [] }, bad('$or must be a nonempty array')),
  refused('$mod of one number', { n: { $mod: [5] } }, bad('malformed mod, not enough elements')),
  refused('$mod of three numbers', { n: { $mod: [5, 0, 0] } }, bad('malformed mod, too many elements')),
  refused('$mod by 0', { n: { $mod: [0, 0] } }, bad('divisor cannot be 0')),
  refused('$not of a value', { n: { $not: 5 } }, bad('$not needs a regex or a document')),
  refused('$not of nothing', { n: { $not: {} } }, bad('$not cannot be empty')),
  refused('$not of a document', { n: { $not: { a: 1 } } }, bad('unknown operator: a')),
  refused('an unknown type', { n: { $type: 'nope' } }, bad('Unknown type name alias: nope')),
  refused('$in of operators', { n: { $in: [{ $gt: 1 }] } }, bad('cannot nest $ under $in')),
  refused('$in of a value', { _id: { $in: 5 } }, bad('$in needs an array')),
  refused('$elemMatch of a value', { n: { $elemMatch: 5 } }, bad('$elemMatch needs an Object')),
  refused(
    'a negative $size',
    { n: { $size: -1 } },
    bad('Failed to parse $size. Expected a non-negative number in: $size: -1'),
  ),
  refused('$all of a value', { n: { $all: 5 } }, bad('$all needs an array')),
  refused(
    '$all of an $elemMatch and a value',
    { n: { $all: [{ $elemMatch: { $gt: 1 } }, 5] } },
    bad('$all/$elemMatch has to be consistent'),
  ),
  refused(
    '$all of a value and an operator',
    { n: { $all: [5, { $gt: 1 }] } },
    bad('no $ expressions in $all: { $gt: 1 }'),
  ),
  {
    name: '$all of two $elemMatch',
    run: [
      [
        { _id: 1, n: [1, 9] },
        { _id: 2, n: [1] },
      ],
      find({ n: { $all: [{ $elemMatch: { $gt: 5 } }, { $elemMatch: { $lt: 5 } }] } }, only),
    ],
    reply: ids(1),
  },
  refused('$options alone', { n: { $options: 'i' } }, bad('$options needs a $regex')),
  refused('$where', { $where: 'true' }, bad('The lab does not support the query operator $where.')),
  refused(
    '$jsonSchema',
    { $jsonSchema: { required: ['a'] } },
    bad('The lab does not support the query operator $jsonSchema.'),
  ),
  refused(
    'an unknown top level operator',
    { $bogus: 1 },
    bad(
      "unknown top level operator: $bogus. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
    ),
  ),
  refused('operators after a field', { n: { $gt: 1, x: 1 } }, bad('unknown operator: x')),
  { name: 'a comment', run: [[{ _id: 1 }], find({ _id: 1, $comment: 'x' })], reply: ids(1) },
  matched('\\A and \\z', 'ab', { $regex: '\\Aab\\z' }, [1]),
  matched('a POSIX class', 'ab', { $regex: '^[[:alpha:]]+$' }, [1]),
  matched('$ before a newline at the end', 'ab\n', { $regex: 'b$' }, [1]),
  matched('\\z not before a newline at the end', 'ab\n', { $regex: 'b\\z' }, []),
  matched('. does not match a newline', 'a\nb', { $regex: 'a.b' }, []),
  matched('. matches a newline with s', 'a\nb', { $regex: 'a.b', $options: 's' }, [1]),
  matched('. matches a line separator', 'a\u2028b', { $regex: '^a.b$' }, [1]),
  matched('\\s is ASCII', 'a\u00a0b', { $regex: 'a\\sb' }, []),
  matched('lines with m', 'x\nab', { $regex: '^ab$', $options: 'm' }, [1]),
  matched('white space in a pattern with x', 'ab', { $regex: '^ a b $ # letters', $options: 'x' }, [1]),
  matched('options in the pattern', 'AB', { $regex: '(?i)^ab' }, [1]),
  matched('a literal brace', 'a{b', { $regex: '^a{b$' }, [1]),
  {
    name: 'a pattern of PCRE that is not translated',
    run: [[{ s: 'a' }], find({ s: { $regex: '(?>a)' } })],
    reply: failure(
      238,
      'NotImplemented',
      'The lab does not support this kind of group in a regular expression: (?>a.',
    ),
  },
  {
    name: 'an invalid pattern',
    run: [[{ s: 'a' }], find({ s: { $regex: 'a(' } })],
    reply: failure(51091, 'Location51091', 'Regular expression is invalid: syntax error'),
  },
  {
    name: 'an invalid option of a pattern',
    run: [[{ s: 'a' }], find({ s: { $regex: 'a', $options: 'g' } })],
    reply: failure(51108, 'Location51108', ' invalid flag in regex options: g'),
  },
  {
    name: 'a regular expression finds its equal',
    run: [[{ _id: 1, s: new BSONRegExp('a', 'i') }], find({ s: new BSONRegExp('a', 'i') }, only)],
    reply: ids(1),
  },
  {
    name: '$all of an array',
    run: [[{ _id: 1, t: ['a', 'b'] }], find({ t: { $all: [['a', 'b']] } }, only)],
    reply: ids(1),
  },
  {
    name: '$bitsAllSet finds no fractions',
    run: [
      [
        { _id: 2, n: 7.5 },
        { _id: 3, n: 7 },
      ],
      find({ n: { $bitsAllSet: 1 } }, only),
    ],
    reply: ids(3),
  },
  {
    name: '$elemMatch asks one element',
    run: [
      [
        {
          _id: 1,
          l: [
            { a: 1, b: 2 },
            { a: 2, b: 1 },
          ],
        },
        { _id: 2, l: [{ a: 1, b: 1 }] },
      ],
      find({ l: { $elemMatch: { a: 1, b: 1 } } }, only),
    ],
    reply: ids(2),
  },
  {
    name: 'a range on an array may be met by two elements',
    run: [
      [
        { _id: 1, a: [1, 9] },
        { _id: 2, a: [5] },
      ],
      find({ a: { $gt: 4, $lt: 6 } }, only),
    ],
    reply: ids(1, 2),
  },
  { name: 'comparisons stay within a type', run: [MIXED, find({ v: { $gt: 0 } }, only)], reply: ids(4) },
  {
    name: 'NaN is no number to compare with',
    run: [
      [
        { _id: 1, n: new Double(Number.NaN) },
        { _id: 2, n: 1 },
      ],
      find({ n: { $lt: 5 } }, only),
    ],
    reply: ids(2),
  },
  {
    name: 'a position in a path',
    run: [
      [
        { _id: 1, a: [5, 6] },
        { _id: 2, a: [6, 5] },
      ],
      find({ 'a.1': 6 }, only),
    ],
    reply: ids(1),
  },
  ...[
    { find: 'c' },
    { count: 'c' },
    { distinct: 'c', key: 'x' },
    { aggregate: 'c', pipeline: [], cursor: {} },
  ].map(
    (command): Row => ({
      name: `a collation in ${Object.keys(command)[0]}`,
      run: [{ ...command, collation: { locale: 'en', strength: 2 } }],
      reply: failure(238, 'NotImplemented', 'The lab does not support collations.'),
    }),
  ),
  {
    name: 'a collation in an update',
    run: [update({ $set: { a: 1 } }, { collation: { locale: 'en_US' } })],
    reply: failure(238, 'NotImplemented', 'The lab does not support collations.'),
  },
  {
    name: 'a locale that does not exist',
    run: [find({}, { collation: { locale: 'bogus' } })],
    reply: bad('Field \'locale\' is invalid in: { locale: "bogus" }'),
  },
  {
    name: 'the simple collation',
    run: [[{ _id: 1 }], find({}, { collation: { locale: 'simple' } })],
    reply: ids(1),
  },
  {
    name: 'let in a delete',
    run: [
      [{ _id: 1 }],
      { delete: 'c', deletes: [{ q: { $expr: { $eq: ['$_id', '$$v'] } }, limit: 0 }], let: { v: 1 } },
    ],
    reply: { n: 1, ok: 1 },
  },
  {
    name: 'a delete without a limit',
    run: [[{ _id: 1 }], { delete: 'c', deletes: [{ q: {} }] }],
    reply: failure(
      40414,
      'Location40414',
      "BSON field 'delete.deletes.limit' is missing but a required field",
    ),
  },
  {
    name: 'a delete that fails',
    run: [[{ _id: 1 }], { delete: 'c', deletes: [{ q: { $bogus: 1 }, limit: 1 }] }],
    reply: writeError(
      2,
      "unknown top level operator: $bogus. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
      { n: 0 },
    ),
  },
];

testRows('matching and sort order', ROWS);

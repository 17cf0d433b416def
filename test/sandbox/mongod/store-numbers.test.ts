import { Decimal128, Double, Int32, Long } from 'mongodb';
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

const dec = (text: string) => Decimal128.fromString(text);
const int = (value: number) => ({ $numberInt: String(value) });
const long = (value: number | string) => ({ $numberLong: String(value) });
const double = (text: string) => ({ $numberDouble: text });
const decimal = (text: string) => ({ $numberDecimal: text });
/** Canonical Extended JSON of a whole reply. */
const typed = (...documents: readonly object[]) => ({
  cursor: { firstBatch: documents, id: long(0), ns: 'app.c' },
  ok: double('1.0'),
});
const project = (x: unknown) => aggregate({ $project: { _id: 0, x } });
const grouped = (name: string, values: readonly unknown[], accumulator: string, result: object): Row => ({
  name,
  types: true,
  run: [values.map((v) => ({ v })), aggregate({ $group: { _id: null, r: { [accumulator]: '$v' } } })],
  reply: typed({ _id: null, r: result }),
});
const computed = (name: string, document: object, expression: unknown, result: object): Row => ({
  name,
  types: true,
  run: [[document], project(expression)],
  reply: typed({ x: result }),
});
const updated = (name: string, before: unknown, operator: string, by: unknown, after: object): Row => ({
  name,
  types: true,
  run: [[{ _id: new Int32(1), v: before }], update({ [operator]: { v: by } }), find({})],
  reply: typed({ _id: int(1), v: after }),
});
const refused = (what: string) => failure(238, 'NotImplemented', `The lab does not support ${what}.`);

const [I1, I3] = [new Int32(1), new Int32(3)];
const BIG = '9007199254740993';

const ROWS: readonly Row[] = [
  updated('$inc adds decimals exactly', dec('0.1'), '$inc', dec('0.2'), decimal('0.3')),
  updated('$inc adds an int to a decimal', dec('1.10'), '$inc', I1, decimal('2.10')),
  updated('$mul multiplies decimals exactly', dec('1.10'), '$mul', dec('1.1'), decimal('1.210')),
  updated('$inc keeps an int', I1, '$inc', I3, int(4)),
  updated('$inc of an int by a long is a long', I1, '$inc', Long.fromNumber(3), long(4)),
  updated('$inc of an int by a double is a double', I1, '$inc', new Double(3), double('4.0')),
  updated('$inc of an int beyond 2^31 is a long', new Int32(2_147_483_647), '$inc', I1, long(2_147_483_648)),
  updated('$inc of a long beyond 2^53 is exact', Long.fromString(BIG), '$inc', I1, long('9007199254740994')),
  updated('$min keeps the type of what it takes', new Double(5), '$min', I3, int(3)),
  {
    name: '$inc of a long beyond 2^63',
    run: [[{ _id: 1, v: Long.MAX_VALUE }], update({ $inc: { v: 1 } })],
    reply: writeError(
      2,
      'Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}',
    ),
  },
  {
    name: '$inc of a decimal by a double',
    run: [[{ _id: 1, v: dec('1') }], update({ $inc: { v: new Double(0.5) } })],
    reply: writeError(238, 'The lab does not support a sum of decimals and doubles.'),
  },
  {
    name: '$mul of a missing field',
    types: true,
    run: [[{ _id: 1 }], update({ $mul: { v: Long.fromNumber(5) } }), find({})],
    reply: typed({ _id: int(1), v: long(0) }),
  },
  grouped('$sum of decimals', [dec('0.1'), dec('0.2')], '$sum', decimal('0.3')),
  grouped('$sum of ints', [I1, I3], '$sum', int(4)),
  grouped('$sum of longs', [Long.fromNumber(1), I3], '$sum', long(4)),
  grouped('$sum of doubles', [new Double(1), I3], '$sum', double('4.0')),
  grouped(
    '$sum of doubles loses nothing on the way',
    [0.1, 0.2, 0.3].map((v) => new Double(v)),
    '$sum',
    double('0.6'),
  ),
  grouped('$sum of ints beyond 2^31', [new Int32(2_147_483_647), I1], '$sum', long(2_147_483_648)),
  grouped('$sum of longs beyond 2^53', [Long.fromString(BIG), I1], '$sum', long('9007199254740994')),
  grouped('$sum passes over what is no number', [I1, 'x', null], '$sum', int(1)),
  grouped('$avg of ints', [I1, I3], '$avg', double('2.0')),
  grouped('$avg of decimals', [dec('1'), dec('2')], '$avg', decimal('1.5')),
  grouped(
    '$avg of thirds',
    [dec('1'), dec('0'), dec('0')],
    '$avg',
    decimal('0.3333333333333333333333333333333333'),
  ),
  grouped('$max keeps the type', [I1, new Double(3)], '$max', double('3.0')),
  grouped('$count', [I1, I3], '$sum', int(4)),
  computed('$toDouble', { v: I1 }, { $toDouble: '$v' }, double('1.0')),
  computed('$toDecimal', { v: I1 }, { $toDecimal: '$v' }, decimal('1')),
  computed(
    '$toDecimal of a double has 15 digits',
    { v: new Double(2.5) },
    { $toDecimal: '$v' },
    decimal('2.50000000000000'),
  ),
  computed('$toLong', { v: new Double(1.9) }, { $toLong: '$v' }, long(1)),
  computed('$toInt of a text', { v: '12' }, { $toInt: '$v' }, int(12)),
  computed(
    '$toObjectId',
    { v: '64a000000000000000000001' },
    { $toObjectId: '$v' },
    { $oid: '64a000000000000000000001' },
  ),
  computed('$add of ints', { v: I1 }, { $add: ['$v', 2] }, int(3)),
  computed('$add of an int and a double', { v: I1 }, { $add: ['$v', new Double(2)] }, double('3.0')),
  computed('$divide of ints is a double', { v: new Int32(4) }, { $divide: ['$v', 2] }, double('2.0')),
  computed('$divide of decimals', { v: dec('1') }, { $divide: ['$v', dec('8')] }, decimal('0.125')),
  computed(
    '$multiply beyond 2^31',
    { v: new Int32(65_536) },
    { $multiply: ['$v', '$v'] },
    long(4_294_967_296),
  ),
  computed('$mod keeps the type', { v: Long.fromNumber(7) }, { $mod: ['$v', 4] }, long(3)),
  computed(
    '$subtract of dates is a long',
    { v: new Date(5000) },
    { $subtract: ['$v', new Date(2000)] },
    long(3000),
  ),
  computed(
    '$subtract of the least int',
    { v: I1 },
    { $subtract: ['$v', new Int32(-2_147_483_648)] },
    long(2_147_483_649),
  ),
  computed('$round half to even', { v: new Double(2.5) }, { $round: '$v' }, double('2.0')),
  computed('$round to a place', { v: new Double(2.675) }, { $round: ['$v', 2] }, double('2.67')),
  computed('$round of an int', { v: new Int32(1250) }, { $round: ['$v', -2] }, int(1200)),
  computed('$trunc to a place', { v: dec('1.29') }, { $trunc: ['$v', 1] }, decimal('1.2')),
  computed('$size is an int', { v: [1, 2] }, { $size: '$v' }, int(2)),
  {
    name: '$divide by 0',
    run: [[{ v: 1 }], project({ $divide: ['$v', 0] })],
    reply: failure(2, 'BadValue', "can't $divide by zero"),
  },
  {
    name: '$toInt of a text that is no number',
    run: [[{ v: 'x' }], project({ $toInt: '$v' })],
    reply: failure(
      241,
      'ConversionFailure',
      "Failed to parse number 'x' in $convert with no onError value: Did not consume whole string.",
    ),
  },
  {
    name: '$mod of decimals',
    run: [[{ v: dec('5') }], project({ $mod: ['$v', 2] })],
    reply: refused('$mod of decimals'),
  },
  {
    name: 'a long beyond 2^53 times a double',
    run: [[{ v: Long.fromString(BIG) }], project({ $multiply: ['$v', new Double(2)] })],
    reply: refused(`converting the long ${BIG} to a double`),
  },
  {
    name: 'decimals that no double tells apart',
    run: [[{ _id: 1, v: dec(BIG) }], find({ v: dec('9007199254740992') })],
    reply: batch(),
  },
  {
    name: 'a decimal and the double next to it',
    run: [[{ _id: 1, v: dec('0.1') }], find({ v: new Double(0.1) })],
    reply: batch(),
  },
  {
    name: 'longs that no double tells apart sort by value',
    types: true,
    run: [
      [
        { _id: 1, v: Long.fromString(BIG) },
        { _id: 2, v: Long.fromString('9007199254740992') },
      ],
      find({}, { sort: { v: 1 }, projection: { v: 1, _id: 0 } }),
    ],
    reply: typed({ v: long('9007199254740992') }, { v: long(BIG) }),
  },
  {
    name: 'and are two groups',
    types: true,
    run: [
      [{ v: Long.fromString(BIG) }, { v: Long.fromString('9007199254740992') }],
      aggregate({ $group: { _id: '$v' } }),
    ],
    reply: typed({ _id: long(BIG) }, { _id: long('9007199254740992') }),
  },
  {
    name: 'a decimal in the output of $lookup stays one',
    types: true,
    run: [
      [{ _id: 1, v: dec('1.10') }],
      aggregate(
        { $lookup: { from: 'c', localField: '_id', foreignField: '_id', as: 'l' } },
        { $project: { l: 1, _id: 0 } },
      ),
    ],
    reply: typed({ l: [{ _id: int(1), v: decimal('1.10') }] }),
  },
  {
    name: '1, 1.0 and the decimal 1.0 are one value for a unique index',
    run: [[{ _id: new Double(1) }], [{ _id: dec('1.0') }]],
    reply: {
      n: 0,
      writeErrors: [
        {
          index: 0,
          code: 11000,
          errmsg:
            'E11000 duplicate key error collection: app.c index: _id_ dup key: { _id: NumberDecimal("1.0") }',
          keyPattern: { _id: 1 },
          keyValue: { _id: { $numberDecimal: '1.0' } },
        },
      ],
      ok: 1,
    },
  },
];

testRows('numbers', ROWS);

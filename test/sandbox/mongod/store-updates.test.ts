import { Int32 } from 'mongodb';
import { batch, failure, find, type Row, testRows, update, writeError } from '../../support/store-rows.ts';

const refused = (
  name: string,
  before: object,
  u: object | readonly object[],
  code: number,
  errmsg: string,
  more: object = {},
): Row => ({
  name,
  run: [[{ _id: 1, ...before }], update(u, more)],
  reply: writeError(code, errmsg),
});
const after = (
  name: string,
  before: object,
  u: object | readonly object[],
  document: object,
  more: object = {},
): Row => ({
  name,
  run: [[{ _id: 1, ...before }], update(u, more), find({})],
  reply: batch({ _id: 1, ...document }),
});
const upserted = (name: string, q: object, u: object | readonly object[], document: object): Row => ({
  name,
  run: [{ update: 'c', updates: [{ q, u, upsert: true }] }, find({})],
  reply: batch(document),
});
const unviable = (field: string, element: string) => `Cannot create field '${field}' in element {${element}}`;
const modifier = (name: string) =>
  `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`;

/** Every operator that makes a field. */
const ASSIGNING = [
  { $set: { 'a.b': 1 } },
  { $inc: { 'a.b': 1 } },
  { $mul: { 'a.b': 1 } },
  { $min: { 'a.b': 1 } },
  { $max: { 'a.b': 1 } },
  { $push: { 'a.b': 1 } },
  { $addToSet: { 'a.b': 1 } },
  { $currentDate: { 'a.b': true } },
  { $bit: { 'a.b': { or: new Int32(1) } } },
  { $rename: { s: 'a.b' } },
];

const ROWS: readonly Row[] = [
  ...ASSIGNING.map((u) =>
    refused(`${Object.keys(u)[0]} into a number`, { a: 5, s: 'x' }, u, 28, unviable('b', 'a: 5')),
  ),
  refused('$set into null', { a: null }, { $set: { 'a.b': 1 } }, 28, unviable('b', 'a: null')),
  refused('$set of a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 28, unviable('b', 'a: [ 1 ]')),
  after('$unset into a number does nothing', { a: 5 }, { $unset: { 'a.b': 1 } }, { a: 5 }),
  refused(
    '$push to a text',
    { s: 'x' },
    { $push: { s: 1 } },
    2,
    "The field 's' must be an array but is of type string in document {_id: 1}",
  ),
  refused(
    '$addToSet to a text',
    { s: 'x' },
    { $addToSet: { s: 1 } },
    2,
    "Cannot apply $addToSet to non-array field. Field named 's' has non-array type string",
  ),
  refused('$pull from a text', { s: 'x' }, { $pull: { s: 1 } }, 2, 'Cannot apply $pull to a non-array value'),
  refused(
    '$pop of a text',
    { s: 'x' },
    { $pop: { s: 1 } },
    14,
    "Path 's' contains an element of non-array type 'string'",
  ),
  refused(
    'all elements of a text',
    { s: 'x' },
    { $set: { 's.$[]': 0 } },
    2,
    'Cannot apply array updates to non-array element s: "x"',
  ),
  refused(
    '$bit of a text',
    { s: 'x' },
    { $bit: { s: { and: new Int32(1) } } },
    2,
    'Cannot apply $bit to a value of non-integral type.{_id: 1} has the field s of non-integer type string',
  ),
  refused('$pop of 5', { a: [] }, { $pop: { a: 5 } }, 9, '$pop expects 1 or -1, found: 5'),
  refused(
    'an array filter that is not used',
    {},
    { $set: { b: 0 } },
    9,
    "The array filter for identifier 'e' was not used in the update",
    { arrayFilters: [{ e: 1 }] },
  ),
  refused(
    'an array filter that is missing',
    { a: [] },
    { $set: { 'a.$[x]': 0 } },
    2,
    "No array filter found for identifier 'x' in path 'a.$[x]'",
  ),
  refused('an empty path', {}, { $set: { '': 1 } }, 56, 'An empty update path is not valid.'),
  refused(
    'an empty part of a path',
    {},
    { $set: { 'a..b': 1 } },
    56,
    "The update path 'a..b' contains an empty field name, which is not allowed.",
  ),
  refused(
    'a clause of $push that does not exist',
    { a: [] },
    { $push: { a: { $each: [2], $bogus: 1 } } },
    2,
    'Unrecognized clause in $push: $bogus',
  ),
  refused(
    'two operators on one field',
    {},
    { $set: { a: 1 }, $inc: { a: 1 } },
    40,
    "Updating the path 'a' would create a conflict at 'a'",
  ),
  refused(
    'a field and one inside it',
    {},
    { $set: { a: 1, 'a.b': 1 } },
    40,
    "Updating the path 'a.b' would create a conflict at 'a'",
  ),
  refused('an operator that does not exist', {}, { $bogus: { a: 1 } }, 9, modifier('$bogus')),
  refused('fields after operators', {}, { $set: { a: 1 }, b: 1 }, 9, modifier('b')),
  refused(
    'a stage that an update does not have',
    {},
    [{ $match: {} }],
    72,
    '$match is not allowed to be used within an update',
  ),
  refused(
    'another _id',
    {},
    { $set: { _id: 2 } },
    66,
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  ),
  refused(
    'another _id in a replacement',
    {},
    { _id: 2 },
    66,
    "After applying the update, the (immutable) field '_id' was found to have been altered to _id: 2",
  ),
  refused(
    '$rename out of an array',
    { a: [1] },
    { $rename: { 'a.0': 'b' } },
    2,
    "The source field cannot be an array element, 'a.0' in doc with _id: 1 has an array field called 'a'",
  ),
  refused(
    'the position of an element without a condition on the array',
    { a: [1] },
    { $set: { 'a.$': 2 } },
    2,
    'The positional operator did not find the match needed from the query.',
  ),
  after(
    'new fields come in the order of their names',
    {},
    { $set: { b: 1, a: 2, '10': 3, '9': 4 } },
    { 9: 4, 10: 3, a: 2, b: 1 },
  ),
  after('a pipeline by $replaceRoot keeps the _id', { t: { u: 1 } }, [{ $replaceRoot: { newRoot: '$t' } }], {
    u: 1,
  }),
  after(
    'a pipeline by $setField',
    {},
    [{ $replaceWith: { $setField: { field: 'a.b', value: 2, input: '$$ROOT' } } }],
    { 'a.b': 2 },
  ),
  {
    name: 'let is computed once',
    run: [[{ _id: 1 }], { ...update([{ $set: { l: '$$v' } }]), let: { v: { $add: [1, 2] } } }, find({})],
    reply: batch({ _id: 1, l: 3 }),
  },
  after(
    '$push with all its clauses',
    { a: [3, 1] },
    { $push: { a: { $each: [2, 4], $position: 0, $sort: -1, $slice: 3 } } },
    { a: [4, 3, 2] },
  ),
  after(
    '$push sorts by a field',
    { a: [{ n: 2 }] },
    { $push: { a: { $each: [{ n: 1 }], $sort: { n: 1 } } } },
    { a: [{ n: 1 }, { n: 2 }] },
  ),
  after(
    '$pull by a filter on documents',
    { a: [{ x: 1, y: 2 }, { y: 2, x: 1, z: 3 }, { x: 2 }] },
    { $pull: { a: { y: 2, x: 1 } } },
    { a: [{ x: 2 }] },
  ),
  after('$pull by an operator', { a: [1, 5, 'x'] }, { $pull: { a: { $gte: 2 } } }, { a: [1, 'x'] }),
  after('$pop of the first', { a: [1, 2] }, { $pop: { a: -1 } }, { a: [2] }),
  after('$bit', { a: 12 }, { $bit: { a: { and: new Int32(10), or: new Int32(1) } } }, { a: 9 }),
  after('$unset of an element', { a: [1, 2] }, { $unset: { 'a.0': 1 } }, { a: [null, 2] }),
  after('$set beyond the end of an array', { a: [1] }, { $set: { 'a.2': 3 } }, { a: [1, null, 3] }),
  after(
    'elements that an array filter picks',
    { a: [1, 5, 9] },
    { $inc: { 'a.$[e]': 1 } },
    { a: [1, 6, 10] },
    { arrayFilters: [{ e: { $gt: 3 } }] },
  ),
  after('all elements', { a: [{ n: 1 }, { n: 2 }] }, { $set: { 'a.$[].n': 0 } }, { a: [{ n: 0 }, { n: 0 }] }),
  after(
    'the element that the filter matched',
    { a: [{ k: 1 }, { k: 2 }] },
    { $set: { 'a.$.n': 7 } },
    { a: [{ k: 1 }, { k: 2, n: 7 }] },
    { q: { 'a.k': 2 } },
  ),
  after('a replacement', { a: 1 }, { b: 2 }, { b: 2 }),
  {
    name: 'an upsert by a field with two values',
    run: [
      { update: 'c', updates: [{ q: { $and: [{ a: 1 }, { a: 2 }] }, u: { $set: { q: 1 } }, upsert: true }] },
    ],
    reply: writeError(54, "cannot infer query fields to set, path 'a' is matched twice"),
  },
  {
    name: 'an upsert by $in of one value',
    run: [{ update: 'c', updates: [{ q: { a: { $in: [1] } }, u: { $set: { q: 1 } }, upsert: true }] }],
    reply: writeError(
      238,
      'The lab does not support an upsert if the filter contains $in with one value, or $or with one clause.',
    ),
  },
  upserted(
    'an upsert by equalities',
    { _id: 1, 'a.b': 2, c: { $gt: 1 } },
    { $set: { d: 3 }, $setOnInsert: { e: 4 } },
    { _id: 1, a: { b: 2 }, d: 3, e: 4 },
  ),
  upserted('an upsert by a replacement', { _id: 1, a: 2 }, { d: 3 }, { _id: 1, d: 3 }),
  upserted('an upsert by a pipeline', { _id: 1, a: 2 }, [{ $set: { b: { $add: ['$a', 1] } } }], {
    _id: 1,
    a: 2,
    b: 3,
  }),
  {
    name: 'findAndModify that removes and updates',
    run: [[{ _id: 1 }], { findAndModify: 'c', query: { _id: 1 }, remove: true, update: { $set: { a: 1 } } }],
    reply: failure(9, 'FailedToParse', 'Cannot specify both an update and remove=true'),
  },
  {
    name: 'findAndModify that does neither',
    run: [[{ _id: 1 }], { findAndModify: 'c', query: { _id: 1 } }],
    reply: failure(9, 'FailedToParse', 'Either an update or remove=true must be specified'),
  },
  {
    name: 'findAndModify with a projection by position',
    run: [
      [{ _id: 1, a: [{ k: 1 }, { k: 2 }] }],
      {
        findAndModify: 'c',
        query: { 'a.k': 2 },
        update: { $set: { 'a.$.n': 1 } },
        new: true,
        fields: { 'a.$': 1 },
      },
    ],
    reply: {
      lastErrorObject: { n: 1, updatedExisting: true },
      value: { _id: 1, a: [{ k: 2, n: 1 }] },
      ok: 1,
    },
  },
  {
    name: 'an _id with an operator',
    run: [[{ _id: { $a: 1 } }]],
    reply: {
      n: 0,
      writeErrors: [
        {
          index: 0,
          code: 52,
          errmsg: "_id fields may not contain '$'-prefixed fields: $a is not valid for storage.",
        },
      ],
      ok: 1,
    },
  },
  {
    name: 'an _id with an operator inside',
    run: [[{ _id: { a: [{ $b: 1 }] } }]],
    reply: {
      n: 0,
      writeErrors: [
        {
          index: 0,
          code: 52,
          errmsg: "_id fields may not contain '$'-prefixed fields: $b is not valid for storage.",
        },
      ],
      ok: 1,
    },
  },
  {
    name: 'an _id that is a regular expression',
    run: [[{ _id: /a/ }]],
    reply: {
      n: 0,
      writeErrors: [{ index: 0, code: 53, errmsg: "The '_id' value cannot be of type regex" }],
      ok: 1,
    },
  },
];

testRows('updates', ROWS);

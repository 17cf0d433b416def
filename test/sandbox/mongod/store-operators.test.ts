import * as mingoAccumulators from 'mingo/operators/accumulator';
import * as mingoExpressions from 'mingo/operators/expression';
import * as mingoStages from 'mingo/operators/pipeline';
import * as mingoQuery from 'mingo/operators/query';
import * as mingoUpdate from 'mingo/operators/update';
import { describe, expect, test } from 'vitest';
import { CommandError } from '../../../src/sandbox/mongod/command-error.ts';
import { ACCUMULATORS, compileGroup } from '../../../src/sandbox/mongod/query/accumulators.ts';
import { compileExpression, EXPRESSIONS } from '../../../src/sandbox/mongod/query/expressions/compile.ts';
import { compileFilter, LOGICAL } from '../../../src/sandbox/mongod/query/filter.ts';
import { MODIFIERS } from '../../../src/sandbox/mongod/query/modifiers.ts';
import { OPERATORS } from '../../../src/sandbox/mongod/query/operators.ts';
import { compilePipeline, STAGES } from '../../../src/sandbox/mongod/query/pipeline.ts';
import {
  UNSUPPORTED_ACCUMULATORS,
  UNSUPPORTED_EXPRESSIONS,
  UNSUPPORTED_QUERY_OPERATORS,
  UNSUPPORTED_STAGES,
} from '../../../src/sandbox/mongod/query/unsupported-operators.ts';
import { compileUpdate } from '../../../src/sandbox/mongod/query/update.ts';
import { UnsupportedError } from '../../../src/sandbox/mongod/unsupported.ts';

const NONE = new Map<string, unknown>();
const document = (name: string, value: unknown): Map<string, unknown> => new Map([[name, value]]);
const surroundings = { variables: NONE, foreign: () => [] };

/** What another implementation of the query language knows, and how this one takes each kind of operator. */
const KINDS = [
  {
    kind: 'query operators',
    known: Object.keys(mingoQuery),
    accepted: [...Object.keys(OPERATORS), ...Object.keys(LOGICAL)],
    refused: UNSUPPORTED_QUERY_OPERATORS,
    code: 2,
    compile: (name: string) => compileFilter(document('a', document(name, 1)), NONE),
  },
  {
    kind: 'stages',
    known: Object.keys(mingoStages),
    accepted: Object.keys(STAGES),
    refused: UNSUPPORTED_STAGES,
    code: 40324,
    compile: (name: string) => compilePipeline([document(name, 1)], surroundings),
  },
  {
    kind: 'expressions',
    known: Object.keys(mingoExpressions),
    accepted: Object.keys(EXPRESSIONS),
    refused: UNSUPPORTED_EXPRESSIONS,
    code: 168,
    compile: (name: string) => compileExpression(document(name, 1), new Set()),
  },
  {
    kind: 'accumulators',
    known: Object.keys(mingoAccumulators),
    accepted: Object.keys(ACCUMULATORS),
    refused: UNSUPPORTED_ACCUMULATORS,
    code: 15952,
    compile: (name: string) =>
      compileGroup(
        new Map([
          ['_id', null],
          ['n', document(name, 1)],
        ] as [string, unknown][]),
        new Set(),
      ),
  },
  {
    kind: 'update operators',
    known: Object.keys(mingoUpdate),
    accepted: [...Object.keys(MODIFIERS), '$rename'],
    refused: new Set<string>(),
    code: 9,
    compile: (name: string) =>
      compileUpdate({
        filter: compileFilter(NONE, NONE),
        update: document(name, document('a', 1)),
        arrayFilters: [],
        variables: NONE,
        now: new Date(0),
      }),
  },
];

/** Names that the other implementation lists where the server does not have them, and no operator. */
const ELSEWHERE: ReadonlySet<string> = new Set(['$covariancePop', '$covarianceSamp', 'default']);

function failureOf(run: () => unknown): CommandError {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(KINDS)('$kind', ({ known, accepted, refused, code, compile }) => {
  test('are accepted or refused, never both and never neither', () => {
    expect(known.length).toBeGreaterThan(5);
    const neither = known.filter((name) => !accepted.includes(name) && !refused.has(name));
    expect(neither.filter((name) => !ELSEWHERE.has(name))).toEqual([]);
    expect(accepted.filter((name) => refused.has(name))).toEqual([]);
  });

  test('that are refused have the code of the server, and are unsupported', () => {
    for (const name of refused) {
      const failure = failureOf(() => compile(name));
      expect({ name, code: failure.code, unsupported: failure instanceof UnsupportedError }).toEqual({
        name,
        code,
        unsupported: true,
      });
    }
  });

  test('that do not exist have the same code, and are nothing that the lab does not support', () => {
    const failure = failureOf(() => compile('$bogus'));
    expect({ code: failure.code, unsupported: failure instanceof UnsupportedError }).toEqual({
      code,
      unsupported: false,
    });
  });
});

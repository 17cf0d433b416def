import { Int32 } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { integer } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { isDocument, isNumeric, typeOf } from '../values/types.ts';
import { compileGroup } from './accumulators.ts';
import { withField } from './changes.ts';
import { checkVariable, compileExpression } from './expressions/compile.ts';
import { compileFilter, type Variables } from './filter.ts';
import { equality } from './operators.ts';
import { fieldPath, valuesAt } from './paths.ts';
import { compileAddFields, compileProject, compileUnset, type Projection } from './projection.ts';
import { compileSort } from './sort.ts';
import { UNSUPPORTED_STAGES } from './unsupported-operators.ts';
import { compileUnwind } from './unwind.ts';

/** The variables and collections that a pipeline can use. */
export interface Surroundings {
  readonly variables: Variables;
  /** Returns the documents of another collection in the same database. */
  readonly foreign: (collection: string) => readonly Document[];
}

/** A compiled pipeline or a compiled pipeline stage. Does not modify the input documents. */
export type Stage = (documents: readonly Document[], variables: Variables) => readonly Document[];

type CompileStage = (operand: unknown, surroundings: Surroundings, name: string) => Stage;

/** The pipeline stages that the lab supports. */
export const STAGES: Readonly<Record<string, CompileStage>> = {
  $match: (operand, { variables }) => {
    if (!isDocument(operand)) {
      throw new CommandError('Location15959', 'the match filter must be an expression in an object');
    }
    const known = compileFilter(operand, variables);
    return (documents, values) => {
      // A compiled filter contains the values of the variables. In `$lookup`, these values can differ for each input
      // document. The filter must then be compiled again.
      const filter = values === variables ? known : compileFilter(operand, values);
      return documents.filter(filter.matches);
    };
  },
  $project: (operand, { variables }) => {
    if (!isDocument(operand)) {
      throw new CommandError('Location15969', '$project specification must be an object');
    }
    return each(compileProject(operand, namesOf(variables)));
  },
  $addFields: (operand, { variables }, name) => each(compileAddFields(operand, name, namesOf(variables))),
  $set: (operand, { variables }, name) => each(compileAddFields(operand, name, namesOf(variables))),
  $unset: (operand) => each(compileUnset(pathsToUnset(operand))),
  $replaceRoot: (operand, surroundings) => {
    if (!isDocument(operand)) {
      throw new CommandError(
        'Location40229',
        `expected an object as specification for $replaceRoot stage, got ${typeOf(operand)}`,
      );
    }
    const other = [...operand.keys()].find((field) => field !== 'newRoot');
    if (other !== undefined)
      throw new CommandError('Location40415', `BSON field '$replaceRoot.${other}' is an unknown field.`);
    if (!operand.has('newRoot'))
      throw new CommandError(
        'Location40414',
        "BSON field '$replaceRoot.newRoot' is missing but a required field",
      );
    return replaceRoot(operand.get('newRoot'), surroundings);
  },
  $replaceWith: replaceRoot,
  $sort: (operand) => {
    if (!isDocument(operand)) {
      throw new CommandError('Location15973', 'the $sort key specification must be an object');
    }
    if (operand.size === 0) {
      throw new CommandError('Location15976', '$sort stage must have at least one sort key');
    }
    const sort = compileSort(operand);
    return (documents) => sort(documents, (document) => document);
  },
  $limit: (operand) => {
    const limit = count(operand, 'Location5107201', '$limit');
    if (limit === 0) throw new CommandError('Location15958', 'the limit must be positive');
    return (documents) => documents.slice(0, limit);
  },
  $skip: (operand) => {
    const skip = count(operand, 'Location5107200', '$skip');
    return (documents) => documents.slice(skip);
  },
  $count: (operand) => {
    const name = countName(operand);
    return (documents) => (documents.length === 0 ? [] : [new Map([[name, new Int32(documents.length)]])]);
  },
  $group: (operand, { variables }) => compileGroup(operand, namesOf(variables)),
  $sortByCount: (operand, surroundings) => {
    const isExpression = isDocument(operand) && ([...operand.keys()][0] ?? '').startsWith('$');
    if (!isExpression && !(typeof operand === 'string' && operand.startsWith('$'))) {
      throw new CommandError(
        'Location40148',
        'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
      );
    }
    const group = new Map<string, unknown>([
      ['_id', operand],
      ['count', new Map([['$sum', new Int32(1)]])],
    ]);
    const stages = [new Map([['$group', group]]), new Map([['$sort', new Map([['count', new Int32(-1)]])]])];
    return compilePipeline(stages, surroundings);
  },
  $unwind: compileUnwind,
  $lookup,
  $unionWith: (operand, surroundings) => {
    const { from, pipeline } = unionOperands(operand);
    const stage = compilePipeline(pipeline, surroundings);
    return (documents, values) => [...documents, ...stage(surroundings.foreign(from), values)];
  },
  $facet: (operand, surroundings) => {
    if (!isDocument(operand) || operand.size === 0) {
      throw new CommandError('Location40169', 'the $facet specification must be a non-empty object');
    }
    const facets = [...operand].map(([name, pipeline]) => {
      fieldPath(name);
      if (!Array.isArray(pipeline)) {
        throw new CommandError(
          'Location40170',
          `arguments to $facet must be arrays, ${name} is type ${typeOf(pipeline)}`,
        );
      }
      for (const inner of pipeline.filter(isDocument).flatMap((stage) => [...stage.keys()])) {
        if (OUTSIDE_FACETS.has(inner)) {
          throw new CommandError('Location40600', `${inner} is not allowed to be used within a $facet stage`);
        }
      }
      return [name, compilePipeline(pipeline, surroundings)] as const;
    });
    return (documents, values) => [
      new Map(facets.map(([name, stage]) => [name, [...stage(documents, values)]])),
    ];
  },
};

const OUTSIDE_FACETS: ReadonlySet<string> = new Set([
  '$out',
  '$merge',
  '$facet',
  '$collStats',
  '$indexStats',
  '$geoNear',
  '$planCacheStats',
  '$changeStream',
  '$currentOp',
  '$search',
  '$searchMeta',
]);

/**
 * Compiles a pipeline.
 *
 * @throws CommandError Location40323 for an invalid stage; Location40324 for a stage that the lab does not support;
 * other codes that a stage throws
 */
export function compilePipeline(pipeline: readonly unknown[], surroundings: Surroundings): Stage {
  const stages = pipeline.map((stage) => compileStage(stage, surroundings));
  return (documents, variables) => stages.reduce((current, stage) => stage(current, variables), documents);
}

function compileStage(stage: unknown, surroundings: Surroundings): Stage {
  const { name, operand } = stageOf(stage);
  const compile = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
  if (compile === undefined) {
    throw UNSUPPORTED_STAGES.has(name)
      ? unsupported('Location40324', `the pipeline stage ${name}`)
      : new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
  return compile(operand, surroundings, name);
}

/** Returns the name and the operand of a stage. @throws CommandError TypeMismatch, Location40323 */
export function stageOf(stage: unknown): { readonly name: string; readonly operand: unknown } {
  if (!isDocument(stage)) {
    throw new CommandError('TypeMismatch', "Each element of the 'pipeline' array must be an object");
  }
  const [[name, operand] = ['', undefined]] = stage;
  if (stage.size !== 1) {
    throw new CommandError(
      'Location40323',
      'A pipeline stage specification object must contain exactly one field.',
    );
  }
  return { name, operand };
}

const namesOf = (variables: Variables): ReadonlySet<string> => new Set(variables.keys());

function each(projection: Projection): Stage {
  return (documents, variables) => documents.map((document) => projection(document, variables));
}

function count(operand: unknown, code: `Location${number}`, name: string): number {
  const number = isNumeric(operand) ? integer(operand) : null;
  if (number !== null && number >= 0n && number < 2n ** 63n) return Number(number);
  throw new CommandError(
    code,
    `invalid argument to ${name} stage: Expected a non-negative number in: ${name}: ${textOf(operand)}`,
  );
}

function countName(operand: unknown): string {
  if (typeof operand !== 'string') {
    throw new CommandError('Location40156', 'the count field must be a non-empty string');
  }
  if (operand === '') throw new CommandError('Location40157', 'the count field must be a non-empty string');
  if (operand.startsWith('$'))
    throw new CommandError('Location40158', 'the count field cannot be a $-prefixed path');
  if (operand.includes('.')) throw new CommandError('Location40160', "the count field cannot contain '.'");
  return operand;
}

function pathsToUnset(operand: unknown): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (typeof operand !== 'string' && !Array.isArray(operand)) {
    throw new CommandError('Location31002', '$unset specification must be a string or an array');
  }
  if (paths.length === 0)
    throw new CommandError(
      'Location31119',
      '$unset specification must be a string or an array with at least one field',
    );
  return paths.map((path) => {
    if (typeof path === 'string') return path;
    throw new CommandError(
      'Location31120',
      '$unset specification must be a string or an array containing only string values',
    );
  });
}

function replaceRoot(operand: unknown, { variables }: Surroundings): Stage {
  const expression = compileExpression(operand, namesOf(variables));
  return (documents, values) =>
    documents.map((root) => {
      const result = expression({ root, variables: values });
      if (isDocument(result)) return result;
      throw new CommandError(
        'Location40228',
        `'newRoot' expression  must evaluate to an object, but resulting value was of type: ${typeOf(result)}`,
      );
    });
}

const LOOKUP_FIELDS = ['from', 'as', 'localField', 'foreignField', 'let', 'pipeline'];

function $lookup(operand: unknown, surroundings: Surroundings): Stage {
  if (!isDocument(operand))
    throw new CommandError('FailedToParse', 'the $lookup stage specification must be an object');
  const other = [...operand.keys()].find((name) => !LOOKUP_FIELDS.includes(name));
  if (other !== undefined) throw new CommandError('FailedToParse', `unknown argument to $lookup: ${other}`);
  const from = lookupText(operand, 'from');
  const as = fieldPath(lookupText(operand, 'as'));
  const hasFields = operand.has('localField') || operand.has('foreignField');
  if (hasFields && !(operand.has('localField') && operand.has('foreignField'))) {
    throw new CommandError(
      'FailedToParse',
      "$lookup requires both or neither of 'localField' and 'foreignField' to be specified",
    );
  }
  if (!hasFields && !operand.has('pipeline')) {
    throw new CommandError(
      'FailedToParse',
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const join = hasFields
    ? joinOn(fieldPath(lookupText(operand, 'localField')), fieldPath(lookupText(operand, 'foreignField')))
    : () => true;
  const pipeline = operand.get('pipeline') ?? [];
  if (!Array.isArray(pipeline))
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  const definitions = operand.get('let') ?? new Map();
  if (!isDocument(definitions))
    throw new CommandError('FailedToParse', "$lookup argument 'let' must be an object");
  for (const name of definitions.keys()) checkVariable(name);
  const names = namesOf(surroundings.variables);
  const expressions = [...definitions].map(
    ([name, value]) => [name, compileExpression(value, names)] as const,
  );
  const placeholders = new Map([
    ...surroundings.variables,
    ...expressions.map(([name]) => [name, null] as const),
  ]);
  const stage = compilePipeline(pipeline, { ...surroundings, variables: placeholders });
  return (documents, variables) =>
    documents.map((root) => {
      const inner = new Map([
        ...variables,
        ...expressions.map(([name, expression]) => [name, expression({ root, variables })] as const),
      ]);
      const joined = surroundings.foreign(from).filter((document) => join(root, document));
      return withField(root, as, [...stage(joined, inner)]);
    });
}

function lookupText(operand: Document, name: string): string {
  const value = operand.get(name);
  if (typeof value === 'string') return value;
  if (name === 'from' && isDocument(value))
    throw unsupported('NotImplemented', '$lookup from another database');
  throw new CommandError(
    'FailedToParse',
    `$lookup argument '${name}' must be a string, found ${textOf(value)}`,
  );
}

/**
 * Returns the join condition of `$lookup`. If the local field is an array, the foreign field must equal one of the
 * array elements.
 */
function joinOn(
  local: readonly string[],
  foreign: readonly string[],
): (root: Document, document: Document) => boolean {
  return (root, document) => {
    const found = valuesAt(root, local);
    const values = found.flatMap((value) => (Array.isArray(value) ? value : [value ?? null]));
    const wanted = found.length === 0 ? [null] : values;
    return wanted.some((value) => equality(value).holds(valuesAt(document, foreign), true));
  };
}

function unionOperands(operand: unknown): { readonly from: string; readonly pipeline: readonly unknown[] } {
  if (typeof operand === 'string') return { from: operand, pipeline: [] };
  if (!isDocument(operand)) {
    throw new CommandError('FailedToParse', 'the $unionWith stage specification must be an object or string');
  }
  const other = [...operand.keys()].find((name) => name !== 'coll' && name !== 'pipeline');
  if (other !== undefined)
    throw new CommandError('Location40415', `BSON field '$unionWith.${other}' is an unknown field.`);
  const [from, pipeline] = [operand.get('coll'), operand.get('pipeline') ?? []];
  if (typeof from !== 'string') throw unsupported('NotImplemented', '$unionWith without a collection');
  if (!Array.isArray(pipeline))
    throw new CommandError(
      'TypeMismatch',
      "BSON field '$unionWith.pipeline' is the wrong type, expected type 'array'",
    );
  return { from, pipeline };
}

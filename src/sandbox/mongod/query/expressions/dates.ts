import { Int32, ObjectId, Timestamp } from 'bson';
import { CommandError } from '../../command-error.ts';
import { unsupported } from '../../unsupported.ts';
import { isDocument, isNullish, typeOf } from '../../values/types.ts';
import { type Context, type Expression, named, type Operator, type OperatorTable } from './expression.ts';

const DAY_MS = 86_400_000;
const DEFAULT_FORMAT = '%Y-%m-%dT%H:%M:%S.%LZ';
const UTC: ReadonlySet<unknown> = new Set(['UTC', 'GMT', 'Etc/UTC', 'Z', '+00:00', '+0000', '+00']);

const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;

const padded = (number: number, width: number): string => String(number).padStart(width, '0');

const FORMATS: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => padded(date.getUTCFullYear(), 4),
  m: (date) => padded(date.getUTCMonth() + 1, 2),
  d: (date) => padded(date.getUTCDate(), 2),
  H: (date) => padded(date.getUTCHours(), 2),
  M: (date) => padded(date.getUTCMinutes(), 2),
  S: (date) => padded(date.getUTCSeconds(), 2),
  L: (date) => padded(date.getUTCMilliseconds(), 3),
  j: (date) => padded(dayOfYear(date), 3),
  w: (date) => String(date.getUTCDay() + 1),
  z: () => '+0000',
  '%': () => '%',
};

/** The date operators. The lab supports only the time zone UTC. */
export const DATES: OperatorTable = {
  $year: part((date) => date.getUTCFullYear()),
  $month: part((date) => date.getUTCMonth() + 1),
  $dayOfMonth: part((date) => date.getUTCDate()),
  $dayOfWeek: part((date) => date.getUTCDay() + 1),
  $dayOfYear: part(dayOfYear),
  $hour: part((date) => date.getUTCHours()),
  $minute: part((date) => date.getUTCMinutes()),
  $second: part((date) => date.getUTCSeconds()),
  $millisecond: part((date) => date.getUTCMilliseconds()),
  $dateToString: (operand, context) => {
    const values = named(
      operand,
      context,
      { required: ['date'], optional: ['format', 'timezone', 'onNull'] },
      { shape: 18629, unknown: 18534, missing: 18628 },
    );
    return (scope) => {
      const found = values(scope);
      const [date, format] = [found.get('date'), found.get('format') ?? DEFAULT_FORMAT];
      if (isNullish(date)) return found.has('onNull') ? found.get('onNull') : null;
      checkZone(found.get('timezone'));
      if (typeof format !== 'string') {
        throw new CommandError('Location18533', "$dateToString requires that 'format' be a string");
      }
      return formatted(dateOf(date), format);
    };
  },
};

function part(read: (date: Date) => number): Operator {
  return (operand, context) => {
    const date = dateOperand(operand, context);
    return (scope) => {
      const value = date(scope);
      return isNullish(value) ? null : new Int32(read(dateOf(value)));
    };
  };
}

/** Compiles the operand of a date operator. The operand is a date, an array with one date, or `{ date, timezone }`. */
function dateOperand(operand: unknown, context: Context): Expression {
  if (isDocument(operand) && !([...operand.keys()][0] ?? '').startsWith('$')) {
    const values = named(
      operand,
      context,
      { required: ['date'], optional: ['timezone'] },
      { shape: 40536, unknown: 40535, missing: 40539 },
    );
    return (scope) => {
      const found = values(scope);
      checkZone(found.get('timezone'));
      return found.get('date');
    };
  }
  if (Array.isArray(operand) && operand.length !== 1) {
    throw new CommandError(
      'Location40536',
      `${context.name} accepts exactly one argument if given an array, but was given ${operand.length}`,
    );
  }
  return context.compile(Array.isArray(operand) ? operand[0] : operand);
}

function dateOf(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.getHighBits() * 1000);
  throw new CommandError('Location16006', `can't convert from BSON type ${typeOf(value)} to Date`);
}

function checkZone(zone: unknown): void {
  if (zone !== undefined && !UTC.has(zone)) throw unsupported('NotImplemented', 'time zones other than UTC');
}

function formatted(date: Date, format: string): string {
  if (date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) {
    throw new CommandError('Location18537', '$dateToString is only defined on year 0-9999');
  }
  return format.replace(/%(.?)/gs, (whole, letter: string) => {
    const write = Object.hasOwn(FORMATS, letter) ? FORMATS[letter] : undefined;
    if (write === undefined)
      throw unsupported('Location18536', `the format character '${whole}' in $dateToString`);
    return write(date);
  });
}

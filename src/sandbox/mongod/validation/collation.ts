import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { isDocument, typeOf } from '../values/types.ts';

/**
 * Checks a collation. The lab supports only `{ locale: 'simple' }`, which means binary comparison.
 *
 * @throws CommandError BadValue for an unknown locale; NotImplemented for any other collation
 */
export function checkCollation(collation: unknown): void {
  if (collation === undefined || collation === null) return;
  if (!isDocument(collation)) {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'collation' is the wrong type '${typeOf(collation)}', expected type 'object'`,
    );
  }
  if (collation.size === 0) return;
  const locale = collation.get('locale');
  if (locale === undefined)
    throw new CommandError('Location40414', "BSON field 'Collation.locale' is missing but a required field");
  if (typeof locale !== 'string') {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'Collation.locale' is the wrong type '${typeOf(locale)}', expected type 'string'`,
    );
  }
  if (locale === 'simple' && collation.size === 1) return;
  if (locale !== 'simple' && !isLocale(locale)) {
    throw new CommandError('BadValue', `Field 'locale' is invalid in: { locale: "${locale}" }`);
  }
  throw unsupported('NotImplemented', 'collations');
}

function isLocale(locale: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf(locale.replace(/@.*$/, '').replaceAll('_', '-')).length > 0;
  } catch {
    return false;
  }
}

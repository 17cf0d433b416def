import { isFailureCode } from '../../failures/failures.ts';
import { check } from '../check.ts';
import { pass, skip, warn } from '../outcome.ts';

/**
 * Shows the values of the target. This check never fails, because configuration errors are reported before
 * any check runs.
 */
export const configTarget = check<null>({
  id: 'config.target',
  title: 'the configuration is complete and consistent',
  link: 'principal',
  needs: [],
  always: ({ plan }) => plan.warnings.length > 0,
  async run({ plan, target }) {
    const [first, ...more] = plan.warnings;
    if (first !== undefined) {
      const message = [first, ...more].map(({ message: each }) => each).join(' ');
      const code = isFailureCode(first.code) ? first.code : null;
      return warn({ ...first, code, message }, null);
    }
    const { database } = plan;
    const audience = target.audience === null ? [] : [`audience ${target.audience}`];
    const uri = database === null ? [] : [`${database.mechanisms.join(' and ')} at ${database.uri.shown}`];
    const file = target.tokenFile === null ? [] : [`token file ${target.tokenFile}`];
    const said = [...uri, ...audience, ...file];
    if (said.length === 0) return skip('no connection string, audience or token file is given');
    return pass(said.join(', '), null);
  },
});

import { check, pass, warn } from '../check.ts';

/** What is wrong with a configuration is told before anything is checked: here stands what it came to. */
export const configTarget = check<null>({
  id: 'config.target',
  title: 'the configuration is whole, and nothing in it contradicts itself',
  link: 'principal',
  needs: [],
  async run({ plan, target }) {
    const [first, ...more] = plan.warnings;
    if (first !== undefined) {
      const message = [first, ...more].map(({ message: each }) => each).join(' ');
      return warn({ code: null, message, remedy: first.remedy }, null);
    }
    const { database } = plan;
    const audience = target.audience === null ? [] : [`audience ${target.audience}`];
    const uri = database === null ? [] : [`${database.mechanisms.join(' and ')} at ${database.uri.shown}`];
    const file = target.tokenFile === null ? [] : [`token file ${target.tokenFile}`];
    const said = [...uri, ...audience, ...file];
    if (said.length === 0) {
      return pass(
        'nothing names a target: add --uri <uri> and --audience <audience>, or type fedctl init',
        null,
      );
    }
    return pass(said.join(', '), null);
  },
});

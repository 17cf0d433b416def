import { parseDuration } from '../../lib/core/duration.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { sandboxChangesDocument, sandboxChangesLines } from '../../lib/render/sandbox.ts';
import { createLabClient, type LabChangeRequest } from '../../sandbox/control/client.ts';
import type { LabChange } from '../../sandbox/control/controls.ts';
import { HOPS } from '../../sandbox/delays.ts';
import { type Answer, command } from '../command.ts';
import { choice, type OptionValues, text, texts, toggle } from '../options.ts';

const OPTIONS = {
  federation: choice(
    '--federation <state>',
    'outbound federation of the account',
    ['enabled', 'disabled'],
    null,
    { env: false },
  ),
  rotateKeys: toggle('--rotate-keys', 'sign with new keys and publish no others', { env: false }),
  account: text('--account <id>', 'of which account (default: the first)', { env: false }),
  revokeUser: texts('--revoke-user <name>', 'delete a database user', { env: false }),
  revokeIdentity: texts('--revoke-identity <arn>', 'delete an IAM user or role', { env: false }),
  dropConnections: toggle('--drop-connections', 'cut every connection to the MongoDB server', {
    env: false,
  }),
  slow: texts('--slow <hop=time>', `let a hop wait: ${HOPS.join(', ')}; 0 ends it`, { env: false }),
} as const;

export const sandboxSet = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'fedctl sandbox set --federation enabled',
    'fedctl sandbox set --rotate-keys                     # then verify a token that you had before',
    "fedctl sandbox set --revoke-user 'arn:aws:iam::123456789012:role/app' --drop-connections",
    'fedctl sandbox set --slow issuer=10s --slow mongod=2s',
  ],
  notes: `
Changes the lab whose variables this shell has, while it runs, in the order of the options above. \`fedctl sandbox
status\` lists the names. A revoked database user stays logged in on connections that are open: drop them.`,
  options: OPTIONS,
  async run({ context, common, options }): Promise<Answer> {
    const requests = changesIn(options);
    if (requests.length === 0) {
      throw new FedctlError('usage.invalid-command-line', { message: 'There is nothing to set.' });
    }
    const lab = createLabClient(context, common.timeoutMs);
    const changes: LabChange[] = [];
    for (const request of requests) changes.push(await lab.change(request));
    return { document: sandboxChangesDocument(changes), lines: sandboxChangesLines(changes) };
  },
});

function changesIn(options: OptionValues<typeof OPTIONS>): readonly LabChangeRequest[] {
  const account = options.account === null ? {} : { account: options.account };
  const { federation } = options;
  return [
    ...(federation === null
      ? []
      : [{ setting: 'federation', enabled: federation === 'enabled', ...account } as const]),
    ...(options.rotateKeys ? [{ setting: 'keys', ...account } as const] : []),
    ...options.revokeUser.map((username) => ({ setting: 'database-user', username }) as const),
    ...options.revokeIdentity.map((arn) => ({ setting: 'identity', arn }) as const),
    ...(options.dropConnections ? [{ setting: 'connections' } as const] : []),
    ...options.slow.map(delayIn),
  ];
}

/** `mongod=2s` */
function delayIn(given: string): LabChangeRequest {
  const [name, time = ''] = given.split('=', 2);
  const hop = HOPS.find((one) => one === name);
  const seconds = parseDuration(time);
  if (hop !== undefined && seconds !== null) return { setting: 'delay', hop, ms: seconds * 1000 };
  const expected = `a hop (${HOPS.join(', ')}) and a time, such as mongod=2s`;
  throw new FedctlError('usage.invalid-value', {
    message: `--slow cannot be "${given}": expected ${expected}.`,
    details: { option: '--slow', expected },
  });
}

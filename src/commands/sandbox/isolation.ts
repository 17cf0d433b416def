import { rerun } from '../../lib/core/command-line.ts';
import { FedctlError, type Warning } from '../../lib/core/errors.ts';
import type { PlatformName } from '../../sandbox/platforms.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';

/**
 * The fixed addresses of the metadata endpoints, by platform. Some clients always use these addresses and
 * ignore environment variables.
 */
const FIXED: Readonly<Partial<Record<PlatformName, string>>> = {
  ec2: '169.254.169.254',
  ecs: '169.254.170.2 or 169.254.169.254',
};

/**
 * Returns the warnings for a lab without isolation. Without isolation, some programs connect to other servers
 * instead of the lab.
 */
export function isolationWarnings(
  { as: platform, srv }: { readonly as: PlatformName | null; readonly srv: boolean },
  { args }: Pick<Invocation<OptionTable>, 'args'>,
): readonly Warning[] {
  const fixed = platform === null ? undefined : FIXED[platform];
  const command = args.length === 0 ? null : rerun({ set: { '--isolate': true } });
  const warnings: Warning[] = [];
  if (fixed !== undefined) {
    warnings.push({
      code: 'lab.real-metadata',
      message: `Programs that use fixed addresses connect to the real ${fixed}, not to the lab. Examples are the MongoDB drivers for C, C++, PHP, Go and Rust, and the Java driver without the AWS SDK.`,
      remedy:
        'Run the program with "fedctl sandbox --isolate" (Linux). The lab then responds at these addresses.',
      command,
    });
  }
  if (srv) {
    warnings.push({
      code: 'lab.names-unresolved',
      message:
        'Only fedctl resolves the mongodb+srv connection string of this lab. Other programs query the DNS server of the system, which cannot resolve the host names of the lab.',
      remedy:
        'Run the program with "fedctl sandbox --isolate" (Linux), or make the program use the DNS server in FEDCTL_DNS_SERVER.',
      command,
    });
  }
  return warnings;
}

/**
 * Requires a command, because --isolate applies only to a command.
 *
 * @throws FedctlError usage.invalid-command-line if no command is given
 */
export function requireCommand({ args }: Invocation<OptionTable>): void {
  if (args.length > 0) return;
  throw new FedctlError('usage.invalid-command-line', {
    message: '--isolate requires a command to run in the lab.',
    remedy: 'Put -- and the command at the end: fedctl sandbox --isolate -- bash.',
    details: { option: '--isolate' },
  });
}

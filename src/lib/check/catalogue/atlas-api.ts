import { FedctlError, isFedctlError } from '../../core/errors.ts';
import type { Atlas } from '../../ports/atlas.ts';
import { type Asked, check, type Facts } from '../check.ts';
import { type Outcome, pass, skip, unseen } from '../outcome.ts';
import { rememberedAtlas } from '../remembered-atlas.ts';
import type { World } from '../world.ts';

/** An Atlas project that the Atlas API credentials can read. */
export interface AtlasProject {
  readonly atlas: Atlas;
  readonly id: string;
  readonly organizationId: string;
}

export const hasDatabase = ({ plan }: Asked) => plan.database !== null;
export const byOidc = ({ plan }: Asked) => plan.database?.mechanisms.includes('MONGODB-OIDC') === true;
export const byAws = ({ plan }: Asked) => plan.database?.mechanisms.includes('MONGODB-AWS') === true;

export const projectOf = ({ target, options }: World) => target.atlasProject ?? options.atlasProject;
const projectKey = (world: World) => projectOf(world);

/**
 * Reads the Atlas project. If the project cannot be read, this check results in a warning instead of a failure,
 * because a login does not require the Atlas API. The checks that require the Atlas API are skipped.
 */
export const atlasApi = check<AtlasProject | null>({
  id: 'atlas.api',
  title: 'the Atlas Administration API responds',
  link: 'identity-provider',
  needs: [],
  asked: hasDatabase,
  sharedBy: projectKey,
  async run(world) {
    const { context, options } = world;
    const id = projectOf(world);
    if (options.atlas === null) {
      return unseen(
        new FedctlError('atlas.credentials-missing', {
          message:
            'Skipped: no Atlas API credentials are set. The identity provider, the database users, the IP access list and the cluster are not checked.',
        }),
        'skip',
      );
    }
    if (id === null) {
      return unseen(
        new FedctlError('atlas.project-unnamed', {
          message:
            'Skipped: no Atlas project is specified. The identity provider, the database users, the IP access list and the cluster are not checked.',
        }),
        'skip',
      );
    }
    try {
      const atlas = rememberedAtlas(await context.atlas(options.atlas));
      const project = await atlas.project(id, context.signal);
      const detail = `project ${project.name} (${project.id}) at ${atlas.url}`;
      return pass(detail, { atlas, id, organizationId: project.organizationId });
    } catch (error) {
      if (!isFedctlError(error)) throw error;
      return unseen(error, 'warn');
    }
  },
});

/**
 * Failures caused by missing permissions of the Atlas API credentials. These failures do not show whether the
 * chain works.
 */
const NOT_SEEN: ReadonlySet<string> = new Set(['atlas.role-missing', 'atlas.api-access-list']);

/** Queries the Atlas API for a check. If the query fails, the check is skipped. */
export async function askAtlas<Fact>(
  facts: Facts,
  what: string,
  ask: (project: AtlasProject) => Promise<Outcome<Fact>>,
): Promise<Outcome<Fact>> {
  const project = facts.of(atlasApi);
  if (project === null) return skip(`the Atlas API is required to check ${what}`);
  try {
    return await ask(project);
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    const why = NOT_SEEN.has(error.code)
      ? 'the Atlas API credentials lack permission'
      : error.message.replace(/\.$/, '');
    return unseen(error.with({ message: `The Atlas API cannot be used to check ${what}: ${why}.` }), 'skip');
  }
}

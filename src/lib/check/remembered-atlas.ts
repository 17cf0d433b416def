import type { Atlas } from '../ports/atlas.ts';

/**
 * Wraps an Atlas API client. The wrapper stores the responses of the client for one round, because several
 * targets can use the same project. It does not store the access history and the status of an access list
 * entry, because these can change during a round.
 */
export function rememberedAtlas(atlas: Atlas): Atlas {
  const answers = new Map<string, Promise<unknown>>();
  const remember =
    <Answer, Args extends readonly string[]>(
      what: string,
      ask: (...args: [...Args, AbortSignal]) => Promise<Answer>,
    ) =>
    (...args: [...Args, AbortSignal]): Promise<Answer> => {
      const key = JSON.stringify([what, ...args.slice(0, -1)]);
      const answer = (answers.get(key) as Promise<Answer> | undefined) ?? ask(...args);
      answers.set(key, answer);
      return answer;
    };
  return {
    url: atlas.url,
    project: remember('project', atlas.project),
    federationSettingsId: remember('federation', atlas.federationSettingsId),
    identityProviders: remember('providers', atlas.identityProviders),
    connectedIdentityProviderIds: remember('connected', atlas.connectedIdentityProviderIds),
    databaseUsers: remember('users', atlas.databaseUsers),
    accessList: remember('access list', atlas.accessList),
    accessListStatus: (...args) => atlas.accessListStatus(...args),
    clusters: remember('clusters', atlas.clusters),
    accessHistory: (...args) => atlas.accessHistory(...args),
    ownAddress: remember('address', atlas.ownAddress),
  };
}

import { UserError } from '../../errors.ts';
import { suggestion } from '../../graph/suggestion.ts';
import type { ClusterEntry, Kubeconfig, UserEntry } from './types.ts';

/** Which entries of the kubeconfig to use; flags override what the context says. */
export interface Choice {
  readonly context?: string;
  readonly clusterName: string;
  readonly cluster: ClusterEntry;
  readonly userName?: string;
  /** Undefined for a context without a user: requests are anonymous then, all else of the cluster still counts. */
  readonly user?: UserEntry;
  /** The context's namespace, where it names one. */
  readonly namespace?: string;
}

/**
 * Picks context, cluster and user as kubectl does.
 * @throws UserError `unknown-context`, `unknown-cluster`, `unknown-user` or `no-context`, with the nearest name or the known ones.
 */
export function choose(config: Kubeconfig, flags: { context?: string; cluster?: string; user?: string }): Choice {
  const name = flags.context ?? config.currentContext;
  const context = name === undefined ? undefined : config.contexts.get(name);
  if (name !== undefined && context === undefined && (flags.context !== undefined || flags.cluster === undefined)) {
    throw unknown(
      'context',
      name,
      config.contexts,
      flags.context === undefined ? 'current-context names it' : undefined,
    );
  }
  const clusterName = flags.cluster ?? context?.cluster;
  if (clusterName === undefined) throw noCluster(config, name);
  const cluster = config.clusters.get(clusterName);
  if (cluster === undefined) throw unknown('cluster', clusterName, config.clusters, saidBy(flags.cluster, name));
  const userName = flags.user ?? context?.user;
  const user = userName === undefined ? undefined : config.users.get(userName);
  if (userName !== undefined && user === undefined) {
    throw unknown('user', userName, config.users, saidBy(flags.user, name));
  }
  return {
    ...(context === undefined || name === undefined ? {} : { context: name }),
    clusterName,
    cluster,
    ...(userName === undefined ? {} : { userName }),
    ...(user === undefined ? {} : { user }),
    ...(context?.namespace === undefined ? {} : { namespace: context.namespace }),
  };
}

function saidBy(flag: string | undefined, context: string | undefined): string | undefined {
  return flag === undefined && context !== undefined ? `context "${context}" names it` : undefined;
}

function noCluster(config: Kubeconfig, context: string | undefined): UserError {
  const names = [...config.contexts.keys()];
  if (context !== undefined) {
    return new UserError('no-context', `context "${context}" names no cluster`, {
      hint: 'Name one with --cluster, or mend the kubeconfig.',
    });
  }
  return new UserError('no-context', 'the kubeconfig has no current context', {
    hint:
      names.length === 0
        ? 'It holds no contexts either: name a cluster with --cluster, or another file with --kubeconfig.'
        : `Choose one with --context: ${names.slice(0, 10).join(', ')}.`,
  });
}

function unknown(
  what: 'context' | 'cluster' | 'user',
  name: string,
  known: ReadonlyMap<string, unknown>,
  who: string | undefined,
): UserError {
  const hint = suggestion(name, [...known.keys()], `${what}s`) ?? `The kubeconfig holds no ${what}s.`;
  return new UserError(
    `unknown-${what}`,
    `there is no ${what} "${name}" in the kubeconfig${who === undefined ? '' : ` (${who})`}`,
    { hint },
  );
}

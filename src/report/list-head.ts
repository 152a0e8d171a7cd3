import type { Loaded } from '../cluster/load.ts';
import { version } from './version.ts';

/** What every list of a cluster begins with: the program, the cluster, and the moment. */
export function listHead({ snapshot, cluster, source }: Pick<Loaded, 'snapshot' | 'cluster' | 'source'>) {
  const { name, context, version: server = snapshot.serverVersion } = cluster;
  return {
    schemaVersion: '1' as const,
    tool: { name: 'mekhanikube' as const, version },
    cluster: {
      name,
      ...(context === undefined ? {} : { context }),
      ...(server === undefined ? {} : { version: server }),
      source,
    },
    takenAt: snapshot.takenAt,
  };
}

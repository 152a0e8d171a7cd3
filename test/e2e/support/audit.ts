import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from './cluster.ts';

/** One request as the API server noted it. */
export interface AuditedRequest {
  readonly verb: string;
  /** The path without its query. */
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly userAgent: string;
}

/** All requests that were answered for a user, in order, by the user's name as the API server knows it. */
export function requestsOf({ folder }: Cluster, person: string): readonly AuditedRequest[] {
  return readFileSync(path.join(folder, 'audit.log'), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line))
    .filter(({ user, stage }) => user.username === person && stage === 'ResponseComplete')
    .map(({ verb, requestURI, responseStatus, userAgent = '' }) => {
      const { pathname, search } = new URL(requestURI, 'https://server');
      return { verb, path: pathname, query: search, status: responseStatus?.code ?? 0, userAgent };
    });
}

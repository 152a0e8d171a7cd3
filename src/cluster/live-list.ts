import { UserError } from '../errors.ts';
import type { KubeObject } from '../model/object.ts';
import { type Resource, resources } from '../model/resources.ts';
import type { ApiServer } from './api-server.ts';
import { type ListOutcome, readList } from './http/list.ts';
import type { Reply } from './http/transport.ts';
import { listPath, listQuery } from './live-paths.ts';
import { intake } from './redact/intake.ts';
import { dated } from './redact/spec-write.ts';

/** Larger pages save requests but need more memory while they are parsed: 250 pods are some 3 MB. */
const pageLimit = 250;

export interface ListRead {
  readonly outcome: ListOutcome;
  readonly objects: readonly KubeObject[];
}

export interface ListReadOptions {
  readonly server: ApiServer;
  readonly resource: Resource;
  readonly namespace?: string;
  /** The version to read; the one that the tool knows where left out. */
  readonly apiVersion?: string;
  /** Called after each page with the number of objects so far. */
  readonly onPage: (objects: number, reply: Reply) => void;
}

/**
 * Reads one list, in the whole cluster or in one namespace, and takes its objects in.
 * @throws UserError when the credentials are refused; any other failure is an outcome.
 */
export async function readObjects({
  server,
  resource,
  namespace,
  apiVersion,
  onPage,
}: ListReadOptions): Promise<ListRead> {
  let objects: KubeObject[] = [];
  let problems: string[] = [];
  const sink = {
    items(items: readonly unknown[], reply: Reply) {
      for (const item of items) {
        const taken = intake(resource, item);
        if ('object' in taken) objects.push(taken.object);
        else problems.push(taken.problem);
      }
      onPage(objects.length, reply);
    },
    restart() {
      objects = [];
      problems = [];
    },
  };
  const path = listPath(resource, namespace, apiVersion);
  const get = (page: string) => server.get(page);
  let outcome: ListOutcome;
  try {
    const query = listQuery(resource);
    outcome = await readList({ path, query, limit: pageLimit, managedFields: dated.has(resource), get, sink });
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'unauthorized' || error.code === 'bad-credentials') throw error;
    outcome = { state: 'broken', reason: error.message };
  }
  if (outcome.state === 'whole' && problems.length > 0) {
    const what = problems.length === 1 ? '1 object is' : `${problems.length} objects are`;
    outcome = { state: 'broken', reason: `${what} no ${resources[resource].kind}: ${problems[0]}` };
  }
  return { outcome, objects };
}

import { UserError } from '../errors.ts';
import type { ApiServer } from './api-server.ts';
import { statusOf } from './http/status.ts';
import type { Reply } from './http/transport.ts';
import { namespacePath } from './live-paths.ts';
import { suggestion } from '../graph/suggestion.ts';
import { intake } from './redact/intake.ts';
import type { Store } from './store.ts';

/**
 * Makes sure that the namespaces asked for exist: a typing error must not read as a healthy namespace. Where namespaces may not
 * be listed each is fetched by its name; where that is forbidden, too, it is left open.
 * @throws UserError `unknown-namespace` with the nearest name.
 */
export async function checkNamespaces(server: ApiServer, store: Store, names: readonly string[]): Promise<void> {
  const snapshot = store.snapshot({ takenAt: '' });
  for (const name of names) {
    const { state } = snapshot.lookup('namespaces', name);
    if (state === 'found') continue;
    if (state === 'absent') {
      const known = snapshot.list('namespaces').items.map((namespace) => namespace.metadata.name);
      throw unknown(name, suggestion(name, known, 'namespaces'));
    }
    const reply = await fetchOne(server, namespacePath(name));
    if (reply === undefined) continue;
    // A gateway that knows no such path answers 404 as well.
    if (reply.status === 404 && statusOf(reply).reason === 'NotFound') throw unknown(name, undefined);
    if (reply.status !== 200) continue;
    const taken = intake('namespaces', parse(reply.body));
    if ('object' in taken) store.add('namespaces', taken.object);
  }
}

/** Undefined where the server cannot be reached now: what was read before still counts. */
async function fetchOne(server: ApiServer, path: string): Promise<Reply | undefined> {
  try {
    return await server.get(path);
  } catch (error) {
    if (error instanceof UserError && error.code !== 'unauthorized' && error.code !== 'bad-credentials')
      return undefined;
    throw error;
  }
}

function unknown(name: string, hint: string | undefined): UserError {
  return new UserError('unknown-namespace', `there is no namespace "${name}" in this cluster`, {
    hint: hint ?? 'Check its name, and the context.',
  });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

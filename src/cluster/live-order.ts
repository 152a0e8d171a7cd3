import { allResources, type Resource } from '../model/resources.ts';

/** How many lists are read at the same time. */
const concurrency = 6;

/**
 * Reads lists side by side, but begins them in the order of the model's table: what refers to others is read before them. A pod
 * made while the lists are read would else refer to a Secret that was made just before it and is missing from an earlier list.
 * So a list begins only when the first page of the sixth before it has come, and nothing overtakes the pods, which refer to most.
 * @param read reads one list; it calls `begun` when the first page is there, which fixes the moment that all pages show.
 * @throws what `read` throws first; `onFailure` is called then, to stop the others.
 */
export async function readInOrder(
  wanted: readonly Resource[],
  read: (resource: Resource, begun: () => void) => Promise<void>,
  onFailure: () => void,
): Promise<void> {
  const order = allResources.filter((resource) => wanted.includes(resource));
  const begun: Promise<void>[] = [];
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (const [index, resource] of order.entries()) {
    const pods = order.indexOf('pods');
    await Promise.all(begun.slice(0, Math.max(index - concurrency + 1, index > pods ? pods + 1 : 0)));
    while (running.size >= concurrency) await Promise.race(running);
    if (failures.length > 0) break;
    const first = Promise.withResolvers<void>();
    begun.push(first.promise);
    const task = read(resource, first.resolve)
      .catch((error: unknown) => {
        failures.push(error);
        if (failures.length === 1) onFailure();
      })
      .finally(() => {
        first.resolve();
        running.delete(task);
      });
    running.add(task);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}

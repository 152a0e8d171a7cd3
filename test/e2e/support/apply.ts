import { readFile } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import { type Api, type Json, Refused } from './api.ts';
import { sleep } from './wait.ts';

/** The objects of a file of manifests, in its order. */
export async function manifests(file: string): Promise<Json[]> {
  return loadAll(await readFile(file, 'utf8')).filter((one) => one !== null && one !== undefined);
}

/**
 * Applies objects one after another. What is refused because something else is not there yet (a namespace's service account, a
 * custom kind) is tried again for some seconds.
 */
export async function applyAll(api: Api, objects: readonly Json[]): Promise<void> {
  for (const object of objects) {
    for (let tries = 1; ; tries += 1) {
      try {
        await api.apply(object);
        break;
      } catch (error) {
        const passing = !(error instanceof Refused) || [403, 404, 409, 429, 500, 503].includes(error.status);
        if (!passing || tries === 30) throw error;
        await sleep(200);
      }
    }
  }
}

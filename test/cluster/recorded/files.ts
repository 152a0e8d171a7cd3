/** Recordings for tests: a folder of files that goes away with the test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { KubeObject } from '../../../src/model/object.ts';
import { type Loaded } from '../../../src/cluster/load.ts';
import { loadRecorded, type RecordedOptions } from '../../../src/cluster/recorded.ts';
import { UserError } from '../../../src/errors.ts';
import type { Resource } from '../../../src/model/resources.ts';

/** Writes files into a new folder and gives its path. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'recorded-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** Loads one file of this content. */
export async function load(
  content: string | Uint8Array,
  options: Partial<RecordedOptions> & { name?: string } = {},
): Promise<Loaded> {
  const { name = 'recording.json', ...rest } = options;
  return loadRecorded({ paths: [join(folder({ [name]: content }), name)], ...rest });
}

/** `kind: List` as kubectl prints it. */
export function list(...items: readonly KubeObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, undefined, 4);
}

/** `kind: PodList` as the API server prints it: the items do not say what they are. */
export function typedList(kind: string, items: readonly KubeObject[], apiVersion = 'v1'): string {
  const bare = items.map((item) => ({ ...item, apiVersion: undefined, kind: undefined }));
  return JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: { resourceVersion: '100' }, items: bare });
}

/** What is there of a resource: `shop/web-1 shop/web-2 (all)`, `(shop)`, `(-: not in the recording)`. */
export function shown(loaded: Loaded, resource: Resource): string {
  const names = loaded.snapshot
    .list(resource)
    .items.map(({ metadata }) => (metadata.namespace === undefined ? '' : `${metadata.namespace}/`) + metadata.name);
  const { complete, reason } = loaded.coverage[resource];
  const scope = complete === 'all' ? 'all' : complete.length > 0 ? complete.join(',') : `-: ${reason}`;
  return [...names, `(${scope})`].join(' ');
}

/** The error of a load that must fail, as `code: message | hint`. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.code}: ${error.message.replaceAll(/\/[^ :]*\/recorded-[^/ :?]+\/?/g, '')} | ${error.hint?.replaceAll(/\/[^ :]*\/recorded-[^/ :?]+\/?/g, '')}`;
  }
  throw new Error('it was loaded without an error');
}

import { UserError } from '../errors.ts';
import type { Resource } from '../model/resources.ts';
import type { Loaded } from './load.ts';
import { withoutEmptied } from './recorded/emptied.ts';
import { createCollector } from './recorded/collect.ts';
import { knownAccess } from './access.ts';
import { type Root, rootOf } from './recorded/files.ts';
import { read, type Reading } from './recorded/read.ts';
import { hintsOf } from './recorded/hints.ts';
import { settle } from './recorded/settle.ts';
import { createStore } from './store.ts';

export interface RecordedOptions {
  /** Files, folders, archives, or `-` for stdin. */
  readonly paths: readonly string[];
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** The moment of the recording, RFC 3339. */
  readonly at?: string;
  /** What the user says is complete. */
  readonly complete?: readonly (Resource | 'all')[];
  /** The user says that no list is complete. */
  readonly partial?: boolean;
  readonly onProgress?: (progress: { readonly file: string; readonly objects: number }) => void;
}

/**
 * Reads a recorded cluster: what `kubectl get -o json|yaml` wrote, folders and archives of it, support bundles, and snapshots of
 * our own. Every object passes the same redaction as those of a live cluster.
 * @throws UserError where something that was named cannot be read.
 */
export async function loadRecorded(options: RecordedOptions): Promise<Loaded> {
  const at = momentOf(options.at);
  const collector = createCollector();
  const reading: Reading = { bytes: 0, snapshots: [], skipped: 0, broken: [], files: 0 };
  const names: string[] = [];
  for (const path of options.paths) {
    const root = path === '-' ? stdinRoot(options.stdin) : await rootOf(path);
    const before = reading.files;
    names.push(root.name);
    reading.skipped += root.skipped;
    for (const input of root.inputs) {
      const chunks = input.open();
      await read({ ...input, chunks }, collector, reading);
      options.onProgress?.({ file: input.label, objects: count(collector.objects) });
    }
    if (reading.files === before) throw nothingIn(path, reading.broken[0] ?? collector.problems[0]);
  }
  const store = createStore();
  const { objects, emptied } = withoutEmptied(collector.objects);
  for (const [resource, one] of objects) store.add(resource, one);
  const overrides = { complete: options.complete ?? [], partial: options.partial ?? false, emptied };
  const settled = settle(store, collector.claims, overrides);
  const headers = reading.snapshots;
  const clock = takenAt(
    at,
    headers
      .map((one) => one.takenAt)
      .sort()
      .at(-1),
    collector.newest(),
  );
  const version = headers[0]?.serverVersion ?? collector.serverVersion;
  const access = knownAccess(headers[0]?.access);
  const snapshot = store.snapshot({
    takenAt: clock.time,
    ...(version === undefined ? {} : { serverVersion: version }),
    ...(access === undefined ? {} : { access }),
  });
  return {
    snapshot,
    source: 'recorded',
    cluster: headers[0]?.cluster ?? { name: names[0] ?? 'recording', ...(version === undefined ? {} : { version }) },
    gaps: [...settled.gaps, ...headers.flatMap((header) => header.gaps)],
    assumptions: [
      ...new Set([...headers.flatMap((one) => one.assumptions), ...settled.assumptions, ...clock.assumptions]),
    ],
    hints: hintsOf(collector, reading, { gaps: settled.gaps, guessed: at === undefined && headers.length === 0 }),
    coverage: store.coverage(),
    stats: { requests: 0, bytes: reading.bytes, objects: count(collector.objects) },
  };
}

function count(objects: ReadonlyMap<Resource, ReadonlyMap<string, unknown>>): number {
  let sum = 0;
  for (const shelf of objects.values()) sum += shelf.size;
  return sum;
}

function stdinRoot(stdin: AsyncIterable<Uint8Array> | undefined): Root {
  return { name: 'stdin', inputs: [{ label: 'stdin', open: () => stdin ?? process.stdin }], skipped: 0 };
}

function momentOf(at: string | undefined): string | undefined {
  if (at === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(at) && !Number.isNaN(Date.parse(at)))
    return rfc3339(Date.parse(at));
  throw new UserError('bad-time', `--at is not a time: ${at}`, { hint: 'Write it as 2026-03-01T12:00:00Z.' });
}

function takenAt(
  at: string | undefined,
  ofSnapshot: string | undefined,
  newest: number | undefined,
): { time: string; assumptions: readonly string[] } {
  if (at !== undefined) return { time: at, assumptions: [] };
  if (ofSnapshot !== undefined) return { time: ofSnapshot, assumptions: [] };
  if (newest === undefined)
    return { time: rfc3339(Date.now()), assumptions: ['No object bears a time: ages are measured against now.'] };
  const time = rfc3339(newest);
  return {
    time,
    assumptions: [`Ages are measured against ${time}, the newest time in the recording (--at TIME changes that).`],
  };
}

function rfc3339(millis: number): string {
  return new Date(millis).toISOString().replace('.000Z', 'Z');
}

function nothingIn(path: string, reason: string | undefined): UserError {
  return new UserError(
    'nothing-to-read',
    `${path} holds no file with Kubernetes objects${reason === undefined ? '' : `: ${reason}`}`,
    {
      hint: 'Give the folder of kubectl cluster-info dump --output-directory, or of kubectl get -o json files.',
    },
  );
}

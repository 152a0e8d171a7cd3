import { UserError } from '../../errors.ts';
import { type Resource, resources } from '../../model/resources.ts';
import { entries, isTar } from './archive.ts';
import { type Chunks, gather, gunzip, isGzip, peek } from './bytes.ts';
import type { Collector, Origin } from './collect.ts';
import { jsonDocuments, lineOf, looksLikeJson } from './json.ts';
import { placeOf } from './layout.ts';
import { notObjects, utf8 } from './text.ts';
import { isSnapshot, readSnapshot, type SnapshotHeader } from './snapshot-lines.ts';
import { yamlDocuments } from './yaml.ts';

/** What is told of reading, beside the objects. */
export interface Reading {
  bytes: number;
  /** Headers of our own snapshots. */
  readonly snapshots: SnapshotHeader[];
  /** Files of folders and archives without objects. */
  skipped: number;
  /** Files of folders and archives that should hold objects and could not be read. */
  readonly broken: string[];
  /** Files with objects, or with an empty list. */
  files: number;
}

/** Where the bytes come from. `inside` is set for files of folders and archives: of those, what is no recording is skipped. */
interface Source {
  readonly label: string;
  readonly inside?: string;
  readonly size?: number;
  readonly chunks: Chunks;
}

/**
 * Reads one file of any form into the collector: packed or not, our own snapshot, an archive, JSON, YAML.
 * @throws UserError where a file that was named itself holds nothing that can be read.
 */
export async function read(source: Source, collector: Collector, reading: Reading): Promise<void> {
  const { label } = source;
  try {
    const outer = await peek(counted(source.chunks, reading), 4);
    const plain = isGzip(outer.head) ? gunzip(outer.all, label) : outer.all;
    const { head, all } = await peek(plain, 512);
    if (isTar(head)) await archive(all, label, collector, reading);
    else if (isSnapshot(head)) await snapshot(all, label, collector, reading);
    else await text(await gather(all, label, isGzip(outer.head) ? undefined : source.size), source, collector, reading);
  } catch (error) {
    if (source.inside === undefined || !(error instanceof UserError)) throw error;
    reading.skipped += 1;
    if (error.code !== 'no-objects') reading.broken.push(error.message);
  }
}

async function* counted(chunks: Chunks, reading: Reading): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    reading.bytes += chunk.length;
    yield chunk;
  }
}

async function archive(chunks: Chunks, label: string, collector: Collector, reading: Reading): Promise<void> {
  const before = reading.files;
  for await (const { path, content } of entries(chunks, label, () => (reading.skipped += 1))) {
    // The bytes of the archive are counted already.
    const inner = { ...reading, bytes: 0 };
    await read({ label: `${label}:${path}`, inside: path, chunks: one(content) }, collector, inner);
    reading.skipped = inner.skipped;
    reading.files = inner.files;
  }
  if (reading.files === before) {
    throw new UserError('nothing-to-read', `${label} holds no file with Kubernetes objects`, {
      hint: 'Give an archive of kubectl cluster-info dump, of kubectl get -o json files, or a support bundle.',
    });
  }
}

async function* one(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

async function snapshot(chunks: Chunks, label: string, collector: Collector, reading: Reading): Promise<void> {
  for await (const line of readSnapshot(chunks, label)) {
    if ('format' in line) {
      reading.snapshots.push(line);
      for (const [resource, { complete, reason }] of Object.entries(line.coverage)) {
        if (!isResource(resource)) continue;
        if (reason !== undefined) collector.claims.missing(resource, reason);
        if (complete === 'all') collector.claims.complete(resource);
        else for (const namespace of complete) collector.claims.complete(resource, namespace);
      }
    } else if (isResource(line.resource)) collector.add(line.resource, line.object);
  }
  reading.files += 1;
}

function isResource(name: string): name is Resource {
  return Object.hasOwn(resources, name);
}

/** V8 makes no longer string, and the YAML parser wants one. */
const longestYaml = 500 * 1024 ** 2;

async function text(bytes: Buffer, source: Source, collector: Collector, reading: Reading): Promise<void> {
  const { label, inside } = source;
  const content = utf8(bytes, label);
  const strange = notObjects(content, label);
  if (strange !== undefined) throw strange;
  const place = inside === undefined ? {} : placeOf(inside);
  let objects = 0;
  let problem: string | undefined;
  const take = (document: unknown, format: Origin['format']) => {
    const taken = collector.document(document, { label, place, format });
    if (taken.what === 'cut') throw cut(label);
    if (taken.what === 'objects') objects += 1;
    else problem ??= taken.problem;
  };
  let yamlFrom: number | undefined = looksLikeJson(content) ? undefined : 0;
  if (yamlFrom === undefined)
    for (const document of jsonDocuments(content, label, (at) => (yamlFrom = at))) take(document, 'json');
  if (yamlFrom !== undefined) {
    if (content.length > longestYaml) throw tooLong(label);
    const first = lineOf(content, yamlFrom);
    for await (const document of yamlDocuments(content.toString('utf8', yamlFrom), label, first))
      take(document, 'yaml');
  }
  if (objects > 0) reading.files += 1;
  else throw nothing(label, problem);
}

function nothing(label: string, problem: string | undefined): UserError {
  const hint = 'Give what kubectl get -o json or -o yaml wrote, a folder of it, or a snapshot.';
  return new UserError(
    'no-objects',
    `${label} holds no Kubernetes object${problem === undefined ? '' : `: ${problem}`}`,
    {
      hint,
    },
  );
}

function cut(label: string): UserError {
  return new UserError('file-cut', `${label} is cut: its list ends before the line with its kind`, {
    hint: 'kubectl was stopped, or the disk was full. Record it again.',
  });
}

function tooLong(label: string): UserError {
  return new UserError('file-too-large', `${label} is larger than ${longestYaml / 1024 ** 2} MiB`, {
    hint: 'Write it as JSON, one file per kind: kubectl get pods -A -o json > pods.json',
  });
}

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../errors.ts';
import { allResources, type Resource } from '../model/resources.ts';
import type { Coverage, Gap } from '../model/snapshot.ts';
import type { ClusterFacts, Loaded } from './load.ts';

/** What stands in `format` of the first line of every snapshot file. */
export const snapshotFormat = 'mekhanikube-snapshot';
/** Raised when older programs could no longer read what is written. */
export const snapshotVersion = 1;

/** The first line of a snapshot file; every further line is `{"resource": ..., "object": ...}`. */
export interface SnapshotHeader {
  readonly format: typeof snapshotFormat;
  readonly version: number;
  /** The version of the program that wrote it. */
  readonly tool: string;
  readonly takenAt: string;
  readonly cluster: ClusterFacts;
  readonly serverVersion?: string;
  /** What is in it of Secrets: facts about them (never values), or nothing. */
  readonly secrets: 'facts' | 'none';
  readonly coverage: Readonly<Partial<Record<Resource, Coverage>>>;
  /** Gaps other than those that `coverage` tells. */
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly string[];
  /** How many lines follow. */
  readonly objects: number;
}

/**
 * Writes what was loaded as gzip of JSON lines, ordered by resource, namespace and name: the same cluster gives the same bytes. The
 * file appears whole or not at all. `-` is stdout.
 * @param options.tool the program's version.
 * @throws UserError where the file cannot be written.
 */
export async function writeSnapshot(file: string, loaded: Loaded, options: { tool: string }): Promise<void> {
  const source = Readable.from(lines(loaded, options.tool), { objectMode: false });
  if (file === '-') {
    await pipeline(source, createGzip(), portable, process.stdout, { end: false });
    return;
  }
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    // Only the owner may read it: object names, images and messages are nobody else's business.
    await pipeline(source, createGzip(), portable, createWriteStream(temporary, { flags: 'wx', mode: 0o600 }));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unwritable(error, file);
  }
}

function* lines(loaded: Loaded, tool: string): Generator<string> {
  const { snapshot, coverage, cluster, assumptions } = loaded;
  const sorted = [...allResources].sort();
  const listings = sorted.map((resource) => [resource, snapshot.list(resource).items] as const);
  const header: SnapshotHeader = {
    format: snapshotFormat,
    version: snapshotVersion,
    tool,
    takenAt: snapshot.takenAt,
    cluster,
    ...(snapshot.serverVersion === undefined ? {} : { serverVersion: snapshot.serverVersion }),
    secrets: snapshot.list('secrets').items.length > 0 || seen(coverage.secrets) ? 'facts' : 'none',
    coverage: Object.fromEntries(sorted.map((resource) => [resource, coverage[resource]])),
    gaps: loaded.gaps.filter((gap) => gap.what !== 'resource'),
    assumptions,
    objects: listings.reduce((sum, [, items]) => sum + items.length, 0),
  };
  yield `${JSON.stringify(header)}\n`;
  let portion = '';
  for (const [resource, items] of listings) {
    for (const object of items) {
      portion += `${JSON.stringify({ resource, object })}\n`;
      if (portion.length > 65_536) {
        yield portion;
        portion = '';
      }
    }
  }
  if (portion !== '') yield portion;
}

function seen({ complete }: Coverage): boolean {
  return complete === 'all' || complete.length > 0;
}

/** Byte 9 of a gzip header names the operating system; 255 is "unknown", so that all systems write the same. */
async function* portable(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk.length > 9) chunk[9] = 255;
    first = false;
    yield chunk;
  }
}

function unwritable(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'the folder does not exist',
    ENOTDIR: 'the folder is a file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTEMPTY: 'it is a folder',
    ENOSPC: 'the disk is full',
    EROFS: 'the file system is read-only',
    EDQUOT: 'the quota is used up',
  };
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new UserError('file-unwritable', `Cannot write ${file}: ${reasons[code] ?? code}`, {
    hint: 'Name another file, or - for stdout.',
    cause: error,
  });
}

/** True for the first bytes of an unpacked snapshot file. */
export function isSnapshot(head: Buffer): boolean {
  return head.toString('latin1', 0, 256).replaceAll(/\s/g, '').startsWith(`{"format":"${snapshotFormat}"`);
}

/**
 * Reads a snapshot file, unpacked, line by line: gives its header first, then each object as it stands there.
 * @throws UserError where it is cut, broken, or of a newer form.
 */
export async function* readSnapshot(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
): AsyncGenerator<SnapshotHeader | { resource: string; object: unknown }> {
  let number = 0;
  let expected = 0;
  for await (const line of textLines(chunks, label)) {
    number += 1;
    const value = parsed(line, number, label);
    if (number === 1) {
      const header = headerOf(value, label);
      expected = header.objects;
      yield header;
    } else if (typeof value === 'object' && value !== null && 'resource' in value && 'object' in value) {
      yield { resource: String(value.resource), object: value.object };
    } else throw broken(label, number);
  }
  if (number - 1 < expected) {
    throw new UserError('file-cut', `${label} is cut: ${number - 1} of its ${expected} objects are there`, {
      hint: 'Record it again.',
    });
  }
}

/** An API server stores no object that is nearly as long. */
const longestLine = 64 * 1024 ** 2;

async function* textLines(chunks: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    parts[0] = rest + (parts[0] ?? '');
    rest = parts.pop() ?? '';
    if (rest.length > longestLine) throw new UserError('file-broken', `${label} holds a line that is too long`);
    for (const line of parts) if (line !== '') yield line;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}

function parsed(line: string, number: number, label: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw broken(label, number);
  }
}

function headerOf(value: unknown, label: string): SnapshotHeader {
  const header = value as Partial<SnapshotHeader> | null;
  if (typeof header?.version === 'number' && header.version > snapshotVersion) {
    throw new UserError('snapshot-too-new', `${label} was written by a newer mekhanikube (${header.tool ?? '?'})`, {
      hint: 'Update mekhanikube to read it.',
    });
  }
  const sound =
    header?.format === snapshotFormat &&
    typeof header.takenAt === 'string' &&
    !Number.isNaN(Date.parse(header.takenAt)) &&
    typeof header.cluster?.name === 'string' &&
    typeof header.coverage === 'object' &&
    typeof header.objects === 'number';
  if (!sound) throw broken(label, 1);
  return { ...(header as SnapshotHeader), gaps: header.gaps ?? [], assumptions: header.assumptions ?? [] };
}

function broken(label: string, line: number): UserError {
  return new UserError('file-broken', `${label} is a damaged snapshot: line ${line}`, { hint: 'Record it again.' });
}

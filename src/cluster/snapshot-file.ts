import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../errors.ts';
import { allResources } from '../model/resources.ts';
import type { Coverage } from '../model/snapshot.ts';
import type { Loaded } from './load.ts';
import { snapshotFormat, type SnapshotHeader, snapshotVersion } from './recorded/snapshot-lines.ts';

/**
 * Writes what was loaded as gzip of JSON lines, ordered by resource, namespace and name: the same cluster gives the same bytes. The
 * file appears whole or not at all; devices and pipes are written to directly, and a link is followed. `-` is stdout. A reader of a
 * pipe that has seen enough is no error.
 * @param options.tool the program's version.
 * @throws UserError where the file cannot be written.
 */
export async function writeSnapshot(file: string, loaded: Loaded, options: { tool: string }): Promise<void> {
  const source = Readable.from(lines(loaded, options.tool), { objectMode: false });
  const write = (target: NodeJS.WritableStream, end: boolean) =>
    pipeline(source, createGzip(), portable, target, { end });
  try {
    if (file === '-') await write(process.stdout, false);
    else await writeTo(file, (target) => write(target, true));
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw unwritable(error, file === '-' ? 'stdout' : file);
  }
}

async function writeTo(file: string, write: (target: NodeJS.WritableStream) => Promise<void>): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const before = await stat(target).catch(() => undefined);
  // Renamed over a device it would put a file in its place.
  if (before !== undefined && !before.isFile()) return write(createWriteStream(target));
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    // Only the owner may read it: object names, images and messages are nobody else's business.
    await write(createWriteStream(temporary, { flags: 'wx', mode: 0o600 }));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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
    ...(snapshot.access === undefined ? {} : { access: snapshot.access }),
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unwritable(error: unknown, file: string): unknown {
  const code = codeOf(error);
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
  return new UserError('file-unwritable', `cannot write ${file}: ${reasons[code] ?? code}`, {
    hint: file === 'stdout' ? 'Name a file in its place.' : 'Name another file, or - for stdout.',
    cause: error,
  });
}

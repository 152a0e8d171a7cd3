import { createReadStream, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { nearest } from '../../graph/nearest.ts';
import { UserError } from '../../errors.ts';
import type { Chunks } from './bytes.ts';

/** One thing to read: a file, stdin, a file in a folder. */
export interface Input {
  /** As users know it. */
  readonly label: string;
  /** Its path inside the folder given, with `/`; undefined for a file that was named itself. */
  readonly inside?: string;
  /** How many bytes it holds; undefined where that is not known beforehand. */
  readonly size?: number;
  open(): Chunks;
}

/** What a path given with `--from` stands for. */
export interface Root {
  readonly name: string;
  readonly inputs: readonly Input[];
  /** How many files of a folder are left aside by their names. */
  readonly skipped: number;
}

const readable = /\.(?:json|ya?ml|jsonl|ndjson)(?:\.gz)?$/i;
const deepest = 32;
const mostFiles = 200_000;

/** True for file names that may hold objects. */
export function isReadable(name: string): boolean {
  return readable.test(name);
}

/**
 * Finds what a path stands for: a file itself, or all files of a folder that may hold objects, in the order of their names.
 * Symbolic links inside a folder are followed to files inside it, never out of it, and never to folders.
 * @throws UserError where there is nothing to read.
 */
export async function rootOf(path: string): Promise<Root> {
  const info = await found(path);
  const name = basename(path.replace(/[/\\]+$/, '')) || path;
  if (!info.isDirectory())
    return { name: withoutExtension(name), inputs: [sized(fileInput(path, path), info)], skipped: 0 };
  const root = await realpath(path);
  const walked: Walked = { files: [], skipped: 0 };
  await walk(root, root, 0, walked);
  const inputs = walked.files.map((file) => {
    const inside = relative(root, file).split(sep).join('/');
    return { ...fileInput(file, join(path, inside)), inside };
  });
  if (inputs.length === 0) {
    throw new UserError('nothing-to-read', `${path} holds no .json or .yaml file`, {
      hint: 'Give the folder of kubectl cluster-info dump --output-directory, or of kubectl get -o json files.',
    });
  }
  return { name: basename(root), inputs, skipped: walked.skipped };
}

/** A file's name without the extensions that recordings have. */
function withoutExtension(name: string): string {
  return name.replace(/\.(?:tgz|tar|gz)$/i, '').replace(/\.(?:tar|json|jsonl|ndjson|ya?ml)$/i, '') || name;
}

interface Walked {
  readonly files: string[];
  skipped: number;
}

async function walk(root: string, folder: string, depth: number, walked: Walked): Promise<void> {
  if (depth > deepest || walked.files.length > mostFiles) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (depth === 0) throw unreadable(error, folder);
    return undefined;
  });
  if (entries === undefined) {
    walked.skipped += 1;
    return;
  }
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(root, path, depth + 1, walked);
    else if (!isReadable(entry.name) || !(entry.isFile() || (await linksInside(root, path)))) walked.skipped += 1;
    else walked.files.push(path);
  }
}

async function linksInside(root: string, path: string): Promise<boolean> {
  try {
    const target = await realpath(path);
    return target.startsWith(root + sep) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}

function fileInput(path: string, label: string): Input {
  return { label, open: () => readStream(path, label) };
}

/** Only a plain file knows its size: a pipe or a device says 0. */
function sized(input: Input, info: Stats): Input {
  return info.isFile() ? { ...input, size: info.size } : input;
}

async function* readStream(path: string, label: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1024 ** 2 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(error, label);
  }
}

async function found(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(error, path);
    const siblings = await readdir(dirname(path)).catch(() => []);
    const near = nearest(basename(path), siblings);
    throw new UserError('file-not-found', `there is no file or folder ${path}`, {
      hint:
        near === undefined
          ? 'Give --from a file, a folder, or - for stdin.'
          : `Did you mean ${join(dirname(path), near)}?`,
      cause: error,
    });
  }
}

function unreadable(error: unknown, label: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) return error;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ELOOP: 'links in a circle',
  };
  return new UserError('file-unreadable', `cannot read ${label}: ${reasons[code] ?? code}`, {
    hint: 'Check its permissions.',
    cause: error,
  });
}

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.ts';

export type Chunks = AsyncIterable<Uint8Array>;

/** The most that is held of one text: beyond it a list must be split. */
export const largestText = 1024 ** 3;

const suspicious = { size: 64 * 1024 ** 2, ratio: 250 };

/** The first bytes of a stream (at least `size`, if it has so many), and the whole stream, from its beginning. */
export async function peek(chunks: Chunks, size: number): Promise<{ head: Buffer; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < size && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else {
      held.push(next.value);
      length += next.value.length;
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* held.splice(0);
    if (ended) return;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { head: Buffer.concat(held), all: all() };
}

/** True for the first bytes of a gzip file. */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Unpacks gzip.
 * @throws UserError where it is cut or broken, and where it unpacks to an absurd multiple of its size.
 */
export async function* gunzip(chunks: Chunks, label: string): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let unpacked = 0;
  async function* counted() {
    for await (const chunk of chunks) {
      packed += chunk.length;
      yield chunk;
    }
  }
  const source = Readable.from(counted(), { objectMode: false });
  const target = createGunzip();
  source.on('error', (error) => target.destroy(error));
  source.pipe(target);
  try {
    for await (const chunk of target as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      if (unpacked > suspicious.size && unpacked > packed * suspicious.ratio) {
        throw new UserError('file-too-large', `${label} unpacks to more than ${suspicious.ratio} times its size`, {
          hint: 'No recording of a cluster does that. Unpack it yourself if you trust it.',
        });
      }
      yield chunk;
    }
  } catch (error) {
    throw zipError(error, label, packed);
  } finally {
    source.destroy();
    target.destroy();
  }
}

/**
 * All bytes of a stream. With its size, where that is known, they are held only once.
 * @throws UserError above the limit, without reading on.
 */
export async function gather(chunks: Chunks, label: string, size?: number): Promise<Buffer> {
  if (size !== undefined && size > largestText) throw tooLarge(label);
  const whole = size === undefined ? undefined : Buffer.allocUnsafe(size);
  const held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    // A file may grow while it is read.
    if (whole !== undefined && length + chunk.length <= whole.length) whole.set(chunk, length);
    else held.push(chunk);
    length += chunk.length;
    if (length > largestText) throw tooLarge(label);
  }
  if (whole === undefined) return Buffer.concat(held, length);
  const kept = length - held.reduce((sum, chunk) => sum + chunk.length, 0);
  return held.length === 0 ? whole.subarray(0, kept) : Buffer.concat([whole.subarray(0, kept), ...held], length);
}

function tooLarge(label: string): UserError {
  return new UserError('file-too-large', `${label} is larger than ${largestText / 1024 ** 2} MiB`, {
    hint: 'Write one file per kind (kubectl get pods -A -o json > pods.json) and give --from for each, or a folder.',
  });
}

function zipError(error: unknown, label: string, packed: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') {
    return new UserError('file-cut', `${label} is cut: the gzip data ends at byte ${packed}`, {
      hint: 'It was not written or copied to its end. Record it again.',
      cause: error,
    });
  }
  if (code === 'Z_DATA_ERROR') {
    return new UserError('file-broken', `${label} is not sound gzip data`, {
      hint: 'It was damaged on its way. Record it again, or copy it in binary mode.',
      cause: error,
    });
  }
  return error;
}

import { UserError } from '../../errors.ts';
import { type Chunks, largestText } from './bytes.ts';
import { isReadable } from './files.ts';

/** A file of an archive that may hold objects. */
export interface Entry {
  readonly path: string;
  readonly content: Buffer;
}

/** True for the first bytes of a tar archive. */
export function isTar(head: Buffer): boolean {
  return head.toString('latin1', 257, 262) === 'ustar';
}

/**
 * The files of a tar archive that may hold objects, one after the other, without a byte on disk. Links, devices, and paths that
 * lead out of the archive are left aside; `skip` is told of each.
 * @throws UserError where the archive is cut or broken, or one of its files is too large.
 */
export async function* entries(chunks: Chunks, label: string, skip: () => void): AsyncGenerator<Entry> {
  const { Parser } = await import('tar');
  const ready: Entry[] = [];
  let failure: Error | undefined;
  let open = 0;
  const parser = new Parser({
    strict: false,
    onReadEntry(entry) {
      const wanted = entry.type === 'File' && isReadable(entry.path) && !entry.path.split(/[/\\]/).includes('..');
      if (!wanted || entry.size > largestText) {
        if (entry.type !== 'Directory') skip();
        entry.resume();
        return;
      }
      const held: Buffer[] = [];
      open += 1;
      entry.on('data', (data: Buffer) => held.push(Buffer.from(data)));
      entry.on('end', () => {
        open -= 1;
        ready.push({ path: entry.path.replace(/^(?:\.?\/)+/, ''), content: Buffer.concat(held) });
      });
    },
    onwarn(code, message) {
      if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ABORT') failure ??= new Error(message);
    },
  });
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    yield* ready.splice(0);
  }
  parser.end();
  yield* ready.splice(0);
  if (failure !== undefined || open > 0) {
    throw new UserError('file-cut', `${label} is cut or damaged: the archive ends at byte ${bytes} inside a file`, {
      hint: 'It was not written or copied to its end. Record it again.',
      cause: failure,
    });
  }
}

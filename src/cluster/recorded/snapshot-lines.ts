import { UserError } from '../../errors.ts';
import type { Resource } from '../../model/resources.ts';
import type { AccessFacts, Coverage, Gap } from '../../model/snapshot.ts';
import type { ClusterFacts } from '../load.ts';
import { isRecord } from '../shape.ts';

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
  /** How the cluster was reached; older recordings do not say. */
  readonly access?: AccessFacts;
  /** What is in it of Secrets: facts about them (never values), or nothing. */
  readonly secrets: 'facts' | 'none';
  readonly coverage: Readonly<Partial<Record<Resource, Coverage>>>;
  /** Gaps other than those that `coverage` tells. */
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly string[];
  /** How many lines follow. */
  readonly objects: number;
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
  const header = value as Partial<SnapshotHeader> | null | undefined;
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
    isRecord(header.coverage) &&
    Object.values(header.coverage).every(
      (one) => isRecord(one) && (one.complete === 'all' || Array.isArray(one.complete)),
    ) &&
    typeof header.objects === 'number';
  if (!sound) throw broken(label, 1);
  return { ...(header as SnapshotHeader), gaps: list(header.gaps), assumptions: list(header.assumptions) };
}

function broken(label: string, line: number): UserError {
  return new UserError('file-broken', `${label} is a damaged snapshot: line ${line}`, { hint: 'Record it again.' });
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}

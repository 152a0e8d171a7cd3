import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { nearest } from '../graph/nearest.ts';
import type { Layer, layerSchema } from './schema.ts';

/** Where values come from, for messages. */
export interface LayerSource {
  /** How the place calls an option: `--fail-on`, `MEKHANIKUBE_FAIL_ON`, `failOn in /etc/config.yaml`. */
  readonly nameOf: (path: readonly string[]) => string;
  /** How the place calls the names that it could have held, for "did you mean". */
  readonly spell: (name: string) => string;
}

/** Reads one layer. @throws UserError that names the place of the first mistake, with the nearest name where a name is wrong. */
export function parseLayer(raw: unknown, schema: ReturnType<typeof layerSchema>, source: LayerSource): Layer {
  // Most runs say nothing in most places, and a schema costs milliseconds when it is first used.
  if (typeof raw === 'object' && raw !== null && Object.keys(raw).length === 0) return {};
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw result.error;
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') throw unknownKey(path, issue.keys[0] ?? '', schema, source);
  throw new UserError('bad-config', `${source.nameOf(path)}: ${detail(issue)}`);
}

function unknownKey(path: readonly string[], key: string, schema: ReturnType<typeof layerSchema>, source: LayerSource) {
  const like = nearest(key, keysAt(schema, path));
  const hint = like === undefined ? {} : { hint: `Did you mean "${path.length === 0 ? source.spell(like) : like}"?` };
  const what = path.length === 0 ? 'option' : path.length === 1 ? 'analyzer' : `setting of ${path.at(-1)}`;
  return new UserError('unknown-option', `${source.nameOf([...path, key])}: there is no such ${what}`, hint);
}

/** The names that were possible at a place of the schema. */
function keysAt(schema: ReturnType<typeof layerSchema>, path: readonly string[]): readonly string[] {
  let shape: Readonly<Record<string, unknown>> = schema.shape;
  for (const part of path) shape = shapeOf(shape[part]);
  return Object.keys(shape);
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  const one = schema as { shape?: Record<string, unknown>; unwrap?: () => unknown } | undefined;
  return one?.shape ?? (one?.unwrap === undefined ? {} : shapeOf(one.unwrap()));
}

/** The message of the innermost mistake: a union's own says nothing. */
function detail(issue: z.core.$ZodIssue): string {
  const inner =
    issue.code === 'invalid_union' && issue.message === 'Invalid input' ? issue.errors.at(-1)?.[0] : undefined;
  return inner === undefined ? issue.message : detail(inner);
}

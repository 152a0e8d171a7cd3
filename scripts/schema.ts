/** Writes schema/: the public forms of `mekhanikube analyze -o json` (report.json), `gpu -o json` (gpu.json), `certs -o json` (certs.json), `diff -o json` (diff.json), and of several clusters (fleet.json). */
import { mkdir, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { certsSchema } from '../src/model/certs-schema.ts';
import { diffSchema } from '../src/model/diff-schema.ts';
import { fleetSchema } from '../src/model/fleet-schema.ts';
import { gpuSchema } from '../src/model/gpu-schema.ts';
import { reportSchema } from '../src/model/report-schema.ts';

/** The JSON Schema (2020-12) of a report, as the file's text. */
export function schemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(reportSchema, { target: 'draft-2020-12' }), undefined, 2)}\n`;
}

/** The same of `mekhanikube gpu -o json`. */
export function gpuSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(gpuSchema, { target: 'draft-2020-12' }), undefined, 2)}\n`;
}

/** The same of `mekhanikube certs -o json`. */
export function certsSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(certsSchema, { target: 'draft-2020-12' }), undefined, 2)}\n`;
}

/** The same of `mekhanikube diff -o json`. */
export function diffSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(diffSchema, { target: 'draft-2020-12' }), undefined, 2)}\n`;
}

/** The same of `mekhanikube analyze -o json` with several contexts. */
export function fleetSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(fleetSchema, { target: 'draft-2020-12' }), undefined, 2)}\n`;
}

if (import.meta.main) {
  const file = new URL('../schema/report.json', import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, schemaText());
  await writeFile(new URL('gpu.json', file), gpuSchemaText());
  await writeFile(new URL('certs.json', file), certsSchemaText());
  await writeFile(new URL('diff.json', file), diffSchemaText());
  await writeFile(new URL('fleet.json', file), fleetSchemaText());
}

import { expect, test } from 'vitest';
import { intake } from '../../../src/cluster/redact/intake.ts';
import { specWrites } from '../../../src/cluster/redact/spec-write.ts';
import { specChanged } from '../../../src/kit.ts';
import type { Resource } from '../../../src/model/resources.ts';
import { object, template } from '../../support/objects.ts';

const entry = (time: unknown, ...fields: string[]) => ({
  manager: 'kubectl',
  operation: 'Update',
  apiVersion: 'apps/v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: Object.fromEntries(fields.map((name) => [name, { 'f:x': {} }])),
});
const created = entry('2026-11-20T08:00:00Z', 'f:metadata', 'f:spec');
const changed = entry('2026-11-21T09:30:00Z', 'f:spec');
const scaled = { ...entry(undefined, 'f:spec'), subresource: 'scale' };
const status = { ...entry('2026-11-21T11:59:59Z', 'f:metadata', 'f:status'), subresource: 'status' };
const kept = (...times: (string | undefined)[]) =>
  times.map((time) => ({ ...(time === undefined ? {} : { time }), fieldsV1: { 'f:spec': {} } }));

test.each<[string, unknown, unknown]>([
  ['the latest of several, wherever it stands', [changed, created, status], kept('2026-11-21T09:30:00Z')],
  ['one without a time beside one with', [created, scaled, status], kept('2026-11-20T08:00:00Z', undefined)],
  ['two without', [scaled, scaled], kept(undefined)],
  ['what was reduced before', kept('2026-11-21T09:30:00Z', undefined), kept('2026-11-21T09:30:00Z', undefined)],
  ['a status alone', [status], undefined],
  ['a time that is none', [entry('yesterday \u001b[31m', 'f:spec'), entry(7, 'f:spec')], kept(undefined)],
  ['fields that are none', [{ time: '2026-11-20T08:00:00Z', fieldsV1: 'f:spec' }, null, 1, []], undefined],
  ['an inherited name', [{ time: '2026-11-20T08:00:00Z', fieldsV1: {} }], undefined],
  ['no list', { time: '2026-11-20T08:00:00Z' }, undefined],
  ['nothing', undefined, undefined],
])('%s', (_, fields, expected) => {
  expect(specWrites(fields)).toEqual(expected);
});

const spec = {
  schedule: '@daily',
  jobTemplate: { spec: { template: template('web') } },
  selector: {},
  template: template('web'),
};

test.each<[Resource, string | undefined]>([
  ['deployments.apps', '2026-11-21T09:30:00Z'],
  ['statefulsets.apps', '2026-11-21T09:30:00Z'],
  ['daemonsets.apps', '2026-11-21T09:30:00Z'],
  ['cronjobs.batch', '2026-11-21T09:30:00Z'],
  ['replicasets.apps', undefined],
])('of %s the intake keeps when the spec was written, and not by whom', (resource, expected) => {
  const raw = object(resource, 'shop/web', { metadata: { managedFields: [created, changed, scaled, status] }, spec });
  const taken = intake(resource, raw);
  if (!('object' in taken)) throw new Error(taken.problem);
  expect(specChanged(taken.object)).toBe(expected);
  expect(JSON.stringify(taken.object)).not.toContain('kubectl');
  expect(intake(resource, taken.object)).toEqual(taken);
});

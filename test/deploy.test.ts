import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { resources } from '../src/model/resources.ts';
import { accepted } from './support/accepted.ts';

const project = path.resolve(import.meta.dirname, '..');
const deploy = path.join(project, 'deploy');
const text = (file: string) => readFileSync(path.join(deploy, file), 'utf8');

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
}
const manifests = (file: string) => loadAll(text(file)) as readonly Manifest[];

/** `apps/deployments` of everything that has no namespace, but namespaces themselves: one of them is read by name. */
const clusterScoped = Object.values(resources)
  .filter(({ namespaced, plural }) => !namespaced && plural !== 'namespaces')
  .map(({ apiVersion, plural }) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${plural}`)
  .sort();

describe('the chart', () => {
  const chart = 'helm/mekhanikube';

  test.each(['rbac.yaml', 'rbac-secrets.yaml'])(
    'has the same %s: cp deploy/%s deploy/helm/mekhanikube/files/',
    (file) => {
      expect(text(`${chart}/files/${file}`)).toBe(text(file));
    },
  );

  test('knows what has no namespace', () => {
    expect(text(`${chart}/files/cluster-scoped.txt`)).toBe(`${clusterScoped.join('\n')}\n`);
  });

  test('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as { version: string };
    expect(load(text(`${chart}/Chart.yaml`))).toMatchObject({ version, appVersion: version });
  });

  test('every value is in its schema, and none is in the schema alone', () => {
    interface Schema {
      readonly properties?: Readonly<Record<string, Schema>>;
    }
    const schema = JSON.parse(text(`${chart}/values.schema.json`)) as Schema;
    const declared = ({ properties = {} }: Schema, prefix = ''): readonly string[] =>
      Object.entries(properties).flatMap(([name, one]) =>
        one.properties === undefined ? [prefix + name] : declared(one, `${prefix}${name}.`),
      );
    const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    const given = (values: Readonly<Record<string, unknown>>, prefix = ''): readonly string[] =>
      Object.entries(values).flatMap(([name, one]) =>
        isMap(one) && declared(schema).some((other) => other.startsWith(`${prefix}${name}.`))
          ? given(one, `${prefix}${name}.`)
          : [prefix + name],
      );
    const values = load(text(`${chart}/values.yaml`)) as Readonly<Record<string, unknown>>;
    // Helm's own, which a chart around this one may set.
    expect([...given(values), 'global'].sort()).toEqual([...declared(schema)].sort());
  });
});

describe('the plain manifests', () => {
  const folder = 'kubernetes';

  test.each(['cronjob.yaml', 'watch.yaml'])('%s names the image of this version', (file) => {
    const { version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as { version: string };
    expect(text(`${folder}/${file}`)).toMatch(new RegExp(`^ +image: mekhanikube:${version}$`, 'm'));
  });

  const files = readdirSync(path.join(deploy, folder));

  test('are all explained', () => {
    const readme = text(`${folder}/README.md`);
    const told = files.filter((file) => readme.includes(file));
    expect(told).toEqual(files.filter((file) => file !== 'README.md'));
  });

  test('the Role is the ClusterRole without what has no namespace', () => {
    const [whole] = manifests('rbac.yaml');
    const expected = whole!.rules!.flatMap(({ apiGroups = [], resources: names = [], verbs }) => {
      const left = names.filter((name) => !clusterScoped.includes(`${apiGroups[0]}/${name}`));
      return left.length === 0 ? [] : [{ apiGroups, resources: left, verbs }];
    });
    const [role, binding] = manifests(`${folder}/one-namespace.yaml`);
    expect(role!.rules).toEqual(expected);
    expect(binding).toMatchObject({ roleRef: { kind: 'Role', name: role!.metadata.name } });
    expect(binding!.metadata.namespace).toBe(role!.metadata.namespace);
  });

  test.each([
    ['cluster-binding.yaml', 'rbac.yaml'],
    ['secrets-binding.yaml', 'rbac-secrets.yaml'],
  ])('%s binds the role in %s to the account there is', (file, of) => {
    const [role] = manifests(of);
    const [, account] = manifests(`${folder}/namespace.yaml`);
    const { name, namespace } = account!.metadata;
    expect(manifests(`${folder}/${file}`)).toMatchObject([
      {
        kind: 'ClusterRoleBinding',
        roleRef: { kind: role!.kind, name: role!.metadata.name },
        subjects: [{ kind: account!.kind, name, namespace }],
      },
    ]);
  });

  /** The arguments of the container in a file; options that are there as comments are taken as wished for. */
  function args(file: string, options: boolean): readonly string[] {
    const lines = text(`${folder}/${file}`).replaceAll(/^( *)# (- .*)$/gm, options ? '$1$2' : '');
    return loadAll(lines)
      .flatMap((one) => JSON.stringify(one).match(/(?<="args":)\[[^\]]*?"never"\]/g) ?? [])
      .flatMap((list) => JSON.parse(list) as string[]);
  }

  test.each([false, true])('the tool takes the arguments of the CronJob (with options: %s)', async (options) => {
    expect(args('cronjob.yaml', options).includes('--explain')).toBe(options);
    expect(await accepted(args('cronjob.yaml', options))).toBe('error: the cluster is away\n');
  });

  test.each([false, true])('the tool takes the arguments of watch (with options: %s)', async (options) => {
    const words = args('watch.yaml', options);
    expect(words.includes('--namespace')).toBe(options);
    // The token is missing here: the file is read after all flags were.
    expect(await accepted(words)).toContain('--listen-token-file /etc/mekhanikube/listen/token cannot be read');
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load, loadAll } from 'js-yaml';

const folder = path.join(import.meta.dirname, '../../docs/ci');

/** A recipe of docs/ci as it is written. */
export function recipe(name: 'github-actions' | 'gitlab-ci' | 'cronjob'): string {
  return readFileSync(path.join(folder, `${name}.yaml`), 'utf8');
}

/** A step of a workflow of GitHub. */
export interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: { readonly analyze: { readonly steps: readonly Step[] } };
}

/** The workflow of GitHub. */
export function githubWorkflow(): Workflow {
  return load(recipe('github-actions')) as Workflow;
}

export interface GitlabJob {
  readonly image: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly rules: readonly Readonly<Record<string, string>>[];
  readonly timeout: string;
  readonly script: readonly string[];
  readonly artifacts: {
    readonly when: string;
    readonly expire_in: string;
    readonly paths: readonly string[];
    readonly reports: Readonly<Record<string, string>>;
  };
}

/** The jobs of GitLab's file, by name. */
export function gitlabJobs(): Readonly<Record<string, GitlabJob>> {
  return load(recipe('gitlab-ci')) as Readonly<Record<string, GitlabJob>>;
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** The manifests of the CronJob. */
export function cronJobManifests(): readonly Readonly<Record<string, unknown>>[] {
  return loadAll(recipe('cronjob')) as readonly Readonly<Record<string, unknown>>[];
}

/** What the container of the CronJob runs. */
export function cronJobContainer(): Container {
  const cronJob = cronJobManifests().find(({ kind }) => kind === 'CronJob') as {
    readonly spec: {
      readonly jobTemplate: {
        readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
      };
    };
  };
  return cronJob.spec.jobTemplate.spec.template.spec.containers[0]!;
}

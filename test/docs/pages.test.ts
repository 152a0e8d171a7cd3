import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Loaders } from '../../src/cli/loaders.ts';
import { createProgram } from '../../src/cli/program.ts';
import { testIo } from '../support/io.ts';

const project = path.resolve(import.meta.dirname, '../..');
const pages = ['*.md', 'docs/**/*.md', 'deploy/**/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: project }))
  .toSorted();

const textOf = (page: string) => readFileSync(path.join(project, page), 'utf8');
const withoutCode = (text: string) => text.replaceAll(/^```.*?^```$/gms, '');

/** The names that headings can be linked by, as GitHub and GitLab make them. */
function anchors(page: string): readonly string[] {
  return [...withoutCode(textOf(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('%s: every link leads somewhere', (page) => {
  const links = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const dead = links.filter((link) => {
    if (link.startsWith('https:')) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (!existsSync(path.join(project, target))) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
  expect(dead).toEqual([]);
});

describe('every command that is shown has flags that exist', () => {
  const never = () => Promise.reject(new Error('not used'));
  const loaders: Loaders = { live: never, recorded: never, snapshot: never, serverVersion: never };
  const program = createProgram(testIo().io, loaders, () => {});

  /** What of a line the command does not know: flags, or the command itself. */
  function unknown(line: string): readonly string[] {
    const words = line.split(/\s+/).slice(1);
    let command: Command = program;
    for (const word of words) {
      const inner = command.commands.find((one) => one.name() === word);
      if (inner === undefined) break;
      command = inner;
    }
    if (command === program) return [line];
    const options = [...command.options, ...program.options];
    return words
      .filter((word) => word.startsWith('-') && word !== '-')
      .filter((word) => !options.some(({ long, short }) => [long, short, '--help'].includes(word.split('=')[0] ?? '')));
  }

  function shown(page: string): readonly string[] {
    return [...textOf(page).matchAll(/(?:^|\| |[`$&] )(mekhanikube [a-z][^`|#>&\n]*)/gm)].map(([, line = '']) =>
      line.replaceAll(/"[^"]*"|'[^']*'/g, 'X').trim(),
    );
  }

  test.each(pages.filter((page) => shown(page).length > 0))('%s', (page) => {
    expect(shown(page).flatMap(unknown)).toEqual([]);
  });

  test('others would be noticed', () => {
    expect(unknown('mekhanikube analyze --fail-in critical -n shop')).toEqual(['--fail-in']);
    expect(unknown('mekhanikube analyse')).toEqual(['mekhanikube analyse']);
    expect(shown('README.md').length).toBeGreaterThan(20);
  });
});

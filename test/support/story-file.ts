import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { Report } from '../../src/model/report.ts';
import { refText } from '../../src/model/object.ts';

/** What a story says of itself: what is broken, and what follows from it. Findings are written `CODE Kind namespace/name`. */
export interface StoryFile {
  readonly title: string;
  /** Left out where nothing is wrong. */
  readonly root?: string;
  /** Every finding above info that follows from the root. */
  readonly symptoms?: readonly string[];
  /** More may follow from the root than the symptoms named: what the scheduler happened to put on a node. */
  readonly andOthers?: boolean;
}

export function readStory(file: string): StoryFile {
  return load(readFileSync(file, 'utf8')) as StoryFile;
}

interface Told {
  readonly root: string;
  readonly symptoms: readonly string[];
}

/** What a report says above info, in the form of a story: every incident with its root and those symptoms that the story asks for. */
export function told(report: Report, { symptoms: wanted = [], andOthers = false }: StoryFile): readonly Told[] {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const text = (id: string) => {
    const { code, object } = problems.get(id)!;
    return `${code} ${refText(object)}`;
  };
  return report.incidents
    .filter(({ severity }) => severity !== 'info')
    .map(({ root, symptoms }) => ({
      root: text(root),
      symptoms: symptoms
        .filter((id) => problems.get(id)!.severity !== 'info')
        .map(text)
        .filter((one) => !andOthers || wanted.includes(one))
        .sort(),
    }));
}

/** What `told` gives where a report tells the story and nothing else. */
export function expected({ root, symptoms = [] }: StoryFile): readonly Told[] {
  return root === undefined ? [] : [{ root, symptoms: [...symptoms].sort() }];
}

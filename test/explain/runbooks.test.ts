import { expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { parseRunbook } from '../../src/explain/runbook.ts';

const sections = analyzers.map((analyzer) => ({ analyzer, runbook: parseRunbook(analyzer.runbook) }));

test.each(sections)(
  'the runbook of $analyzer.id has a section for each code, and no other',
  ({ analyzer, runbook }) => {
    expect([...runbook.keys()].sort()).toEqual(Object.keys(analyzer.codes).sort());
  },
);

test.each(sections)(
  'each section of $analyzer.id says what it means, how to confirm it and what to do',
  ({ runbook }) => {
    const thin = [...runbook].filter(
      ([, { prose, steps }]) =>
        prose === '' || !steps.some(({ phase }) => phase === 'confirm') || !steps.some(({ phase }) => phase === 'fix'),
    );
    expect(thin.map(([code]) => code)).toEqual([]);
  },
);

const steps = sections.flatMap(({ runbook }) =>
  [...runbook].flatMap(([code, section]) => section.steps.map((step) => ({ code, ...step }))),
);

const readOnly =
  /^kubectl (get|describe|logs|events|top|explain|api-resources|version|cluster-info|config view|auth can-i|rollout (status|history))\b/;

test('what confirms changes nothing', () => {
  const changing = steps.filter(
    ({ phase, command = '' }) => phase === 'confirm' && command.startsWith('kubectl ') && !readOnly.test(command),
  );
  expect(changing).toEqual([]);
});

test('no command forces, and none deletes data', () => {
  const dangerous = /--force|--grace-period[= ]0|\bdelete (pvc|pv|persistentvolume|namespace|ns|secret|cm|configmap)/;
  expect(steps.filter(({ command = '' }) => dangerous.test(command))).toEqual([]);
});

test('what changes an object names it', () => {
  const changing = /^kubectl (annotate|cordon|delete|drain|edit|label|patch|rollout|scale|set|taint|uncordon)\b/;
  expect(steps.filter(({ command = '' }) => changing.test(command) && !command.includes('{{'))).toEqual([]);
});

test('no words hold a command that was not recognised as one', () => {
  expect(steps.filter(({ text, command }) => command === undefined && /`kubectl [^`]*`[.:]?$/.test(text))).toEqual([]);
});

import { expect, test } from 'vitest';
import { parseRunbook } from '../../src/explain/runbook.ts';

const text = `# Runbook

What comes before the first code is for authors.

## PodCrashLoop
It ends again and again.
Usually the reason is in the log.

### Confirm
- Read the log: \`kubectl logs {{pod}} --previous\`
- Look at the \`state\` of \`app\`
- Ask for it, which
  wraps: \`kubectl get pod
  {{pod}}\`.

### Notes
- Not for readers.

### Fix
1. Undo it: \`kubectl rollout undo deployment/{{name}}\`
* Then set \`replicas\`.

## Empty

## OnlyProse
Words.
`;

test('reads prose, steps and commands', () => {
  const section = parseRunbook(text).get('PodCrashLoop');
  expect(section?.prose).toBe('It ends again and again. Usually the reason is in the log.');
  expect(section?.steps).toEqual([
    { phase: 'confirm', text: 'Read the log', command: 'kubectl logs {{pod}} --previous' },
    { phase: 'confirm', text: 'Look at the `state` of `app`' },
    { phase: 'confirm', text: 'Ask for it, which wraps', command: 'kubectl get pod {{pod}}' },
    { phase: 'fix', text: 'Undo it', command: 'kubectl rollout undo deployment/{{name}}' },
    { phase: 'fix', text: 'Then set `replicas`.' },
  ]);
});

test('a section may be empty', () => {
  expect(parseRunbook(text).get('Empty')).toEqual({ prose: '', steps: [] });
  expect(parseRunbook(text).get('OnlyProse')).toEqual({ prose: 'Words.', steps: [] });
});

test('knows the codes, and no other heading', () => {
  expect([...parseRunbook(text).keys()]).toEqual(['PodCrashLoop', 'Empty', 'OnlyProse']);
});

test('reads text with carriage returns alike', () => {
  expect(parseRunbook(text.replaceAll('\n', '\r\n'))).toEqual(parseRunbook(text));
});

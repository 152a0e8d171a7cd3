import { expect, test } from 'vitest';
import { sentence } from '../../src/render/sentence.ts';

test.each([
  ['no node fits', 'No node fits'],
  ["it's over", "It's over"],
  ['critical: it fails', 'Critical: it fails'],
  ['disk.example.com cannot make the volume', 'disk.example.com cannot make the volume'],
  ['worker-4 is gone', 'worker-4 is gone'],
  ['db1 is gone', 'db1 is gone'],
  ['minAvailable is too high', 'minAvailable is too high'],
  ['', ''],
])('%j', (text, told) => {
  expect(sentence(text)).toBe(told);
});

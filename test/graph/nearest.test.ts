import { expect, test } from 'vitest';
import { nearest } from '../../src/graph/nearest.ts';

test.each<[string, string[], string | undefined]>([
  ['db-credential', ['db-credentials', 'web'], 'db-credentials'],
  ['db-creds', ['db-credentials', 'web'], 'db-credentials'],
  ['db', ['db-credentials', 'dx-other'], 'db-credentials'],
  ['DB_PASSWORD', ['db-password', 'DB_PASSWORDS'], 'db-password'],
  ['pasword', ['username', 'password'], 'password'],
  ['paswsord', ['password', 'passport'], 'password'],
  ['app-config-k8t7m2hh5f', ['app-config-9fd2h7g2c4', 'app-config-map'], 'app-config-9fd2h7g2c4'],
  ['web', ['wec', 'wea'], 'wea'],
  ['web', ['web'], undefined],
  ['db', ['kube-root-ca.crt', 'web'], undefined],
  ['a', ['b', 'c'], undefined],
  ['payments', ['orders', 'default'], undefined],
  ['kube-proxy', ['kube-root-ca.crt'], undefined],
  ['anything', [], undefined],
])('%s among %j is %s', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});

test('the answer does not depend on the order of the candidates', () => {
  const names = ['db-credentials', 'db-credentialz', 'db-credential-1'];
  expect(nearest('db-credential', names)).toBe(nearest('db-credential', [...names].reverse()));
});

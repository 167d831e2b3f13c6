import { expect, it } from 'vitest';
import { isPytestFile, pytestCanary } from './pytest-canary.ts';

it('lies beside a test file and is named like it, so that pytest collects it where it collects that one', () => {
  expect(pytestCanary('tests/api/test_orders.py')).toEqual({
    file: 'tests/api/test_{name}.py',
    text: 'def test_{name}():\n    assert False, "{name}"\n',
  });
  expect(pytestCanary('orders_test.py').file).toBe('{name}_test.py');
  expect(pytestCanary(null).file).toBe('test_{name}.py');
  expect(['tests/test_a.py', 'a_test.py', 'tests/conftest.py', 'tests/a.py'].filter(isPytestFile)).toEqual([
    'tests/test_a.py',
    'a_test.py',
  ]);
});

import { describe, expect, it } from 'vitest';
import { cpuMs, within } from '../../testing/time-bounds.ts';
import { weighTest, weighTests } from './empty-tests.ts';

const weigh = (text: string, name = 'adds', line: number | null = null) =>
  weighTest(text, { name, line }, [{ name, line }]);

describe('weighTest', () => {
  it.each([
    ["test('adds', () => {});"],
    ["test('adds', () => { assert.ok(true); });"],
    ["it('adds', () => { expect(true).toBe(true); });"],
    ["it('adds', async () => { assert.equal(1 + 1, 2); // assert.equal(add(1, 1), 2)\n});"],
    ["test('adds', () => { const text = 'assert.equal(add(1, 1), 2)'; });"],
    ['def test_adds():\n    assert True\n', 'test_adds'],
    ['func TestAdds(t *testing.T) {\n}\n', 'TestAdds'],
    ['@Test void adds() { assertTrue(true); }'],
  ])('PRIV-7: %s asks for nothing', (text, name = 'adds') => {
    expect(weigh(text, name)).toBe('nothing');
  });

  it.each([
    ["test('adds', () => assert.equal(add(1, 1), 2));"],
    ["it('adds', () => { expect(add(1, 1)).toBe(2); });"],
    ["it('adds', () => request(app).get('/sum').expect(200));"],
    ["test('adds', (t) => { t.is(sum, 2); });"],
    ["it('adds', () => { sum.should.equal(2); });"],
    ["test('adds', () => { if (add(1, 1) !== 2) throw new Error('wrong'); });"],
    ['def test_adds():\n    assert add(1, 1) == 2\n', 'test_adds'],
    ['def test_adds():\n    with pytest.raises(Problem):\n        add("one", 1)\n', 'test_adds'],
    ['  it "adds" do\n    expect(add(1, 1)).to eq 2\n  end\n'],
    ['def test_adds\n  assert_equal 2, add(1, 1)\nend\n', 'test_adds'],
    ['func TestAdds(t *testing.T) {\n\tif Add(1, 1) != 2 {\n\t\tt.Fatal("wrong")\n\t}\n}\n', 'TestAdds'],
    ['#[test]\nfn adds() {\n    assert_eq!(add(1, 1), 2);\n}\n'],
    ['@Test void adds() { assertThat(sum).isEqualTo(2); }'],
    ['public function adds() { $this->assertSame(2, $sum); }'],
  ])('PRIV-7: %s asks for something', (text, name = 'adds') => {
    expect(weigh(text, name)).toBe('asserts');
  });

  it('PRIV-7: tells what only runs from what asks, and follows a helper of the same file', () => {
    expect(weigh("test('adds', () => { add(1, 1); });")).toBe('calls');
    const helper = 'function both(sum) {\n  assert.equal(sum, 2);\n}\n';
    expect(weigh(`${helper}test('adds', () => { both(add(1, 1)); });`)).toBe('asserts');
  });

  it('PRIV-7: looks at the test and not at its neighbours, by line or by name', () => {
    const text = "test('adds', () => {});\ntest('removes', () => assert.equal(remove(1), 0));\n";
    const tests = (lines: boolean) =>
      ['adds', 'removes'].map((name, index) => ({ name, line: lines ? index + 1 : null }));
    for (const all of [tests(true), tests(false)])
      expect(all.map((test) => weighTest(text, test, all))).toEqual(['nothing', 'asserts']);
  });

  it('counts what the parts of a test ask for as its own', () => {
    const text =
      "test('adds', async (t) => {\n  await t.test('twice', () => {\n    assert.equal(add(1, 1), 2);\n  });\n});\n";
    const all = [
      { name: 'adds', line: 1 },
      { name: 'adds > twice', line: 2 },
    ];
    expect(all.map((test) => weighTest(text, test, all))).toEqual(['asserts', 'asserts']);
  });

  it.each([
    ['a::', 70_000],
    ['a->', 70_000],
    ['/*x', 70_000],
    ['"\\', 100_000],
    ['a(', 100_000],
  ])('needs no longer for %s over and over than for other texts', async (unit, times) => {
    const look = () => weigh(`test('adds', () => {\n  ${unit.repeat(times)}\n  other();\n});\n`);
    expect(await within(2_000, look, { clock: cpuMs })).toBe('calls');
  });

  it('looks once at the file around thousands of tests that only call something', async () => {
    const tests = Array.from({ length: 6_000 }, (_, at) => ({ name: `adds ${at}`, line: at + 1 }));
    const text = tests.map(({ name, line }) => `test('${name}', () => { f${line}(); });\n`).join('');
    const all = await within(4_000, () => weighTests(text, tests, tests), { clock: cpuMs });
    expect(new Set(all)).toEqual(new Set(['calls']));
  });
});

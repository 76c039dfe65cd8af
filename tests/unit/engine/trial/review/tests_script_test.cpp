#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/facts.hpp"

namespace automod::trial {
namespace {

using testing::edit;
using testing::facts_of;
using testing::kinds_of;
using testing::listed;

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void check(const char* path, const std::string& before, const std::string& after,
           const std::string& kinds) {
  const auto facts = facts_of({edit(path, before, after)}, review_tests);
  INFO(after << "\n" << listed(facts));
  CHECK(kinds_of(facts) == kinds);
}

const std::string kPytest = R"(import pytest
from tally.totals import split, total

CASES = [(1, 2), (3, 4)]


def entry(cents):
    return {"cents": cents}


@pytest.fixture
def entries():
    return [entry(1), entry(2)]


@pytest.mark.parametrize("found, wanted", [(1, 1), (2, 2)])
def test_each(found, wanted):
    assert found == wanted


def test_total(entries):
    """The sum."""
    result = total(entries)
    assert result == 3, "sum"
    assert abs(total([]) - 0.0) < 1e-9
    with pytest.raises(ValueError, match="negative"):
        total([entry(-1)])
    for given, wanted in CASES:
        assert total([entry(given)]) == wanted


class TestSplit:
    def test_even(self):
        assert split(10, 2) == [5, 5]
        assert len(split(9, 3)) == 3
)";

TEST_CASE("tests of pytest are read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      // additions and looks
      {"\"sum\"", "\"the sum\"", ""},
      {"    \"\"\"The sum.\"\"\"\n", "", ""},
      {"    result = total(entries)\n    assert result == 3",
       "    sum_ = total(entries)\n    assert sum_ == 3", ""},
      {"split(10, 2) == [5, 5]", "split(\n            10,\n            2,\n        ) == [5, 5]",
       ""},
      {"import pytest\n", "import os\nimport pytest\n", ""},
      {"    def test_even",
       "    def test_odd(self):\n        assert split(3, 1) == [3]\n\n    def test_even",
       "test_added"},
      {"== 3\n", "== 3\n        assert split(0, 1) == [0]\n", "test_added"},
      {"(2, 2)]", "(2, 2), (3, 3)]", "test_added"},
      {"(3, 4)]", "(3, 4), (5, 6)]", "test_added"},
      {"def entry(cents)", "def helper():\n    return 3\n\n\ndef entry(cents)", ""},
      // less
      {"def test_total", "def xtest_total", "test_removed"},
      {"def test_total", "def check_total", "test_removed"},
      {"class TestSplit", "class Split", "test_removed"},
      {"def test_total", "@pytest.mark.skip\ndef test_total", "test_disabled"},
      {"def test_total", "@pytest.mark.xfail(strict=False)\ndef test_total", "test_disabled"},
      {"class TestSplit", "@pytest.mark.skipif(True, reason=\"x\")\nclass TestSplit",
       "test_disabled"},
      {"CASES =", "pytestmark = pytest.mark.skip\nCASES =", "test_disabled"},
      {"CASES =", "__test__ = False\nCASES =", "test_disabled"},
      {"    assert result == 3, \"sum\"\n", "", "test_removed"},
      {"assert result == 3, \"sum\"", "result == 3", "test_removed"},
      {"    result = total", "    pytest.skip(\"later\")\n    result = total", "test_disabled"},
      {"    result = total", "    return\n    result = total", "test_disabled"},
      {"    result = total", "    if not entries:\n        return\n    result = total",
       "test_disabled"},
      {"    assert result == 3", "    if False:\n        assert result == 3", "test_disabled"},
      {"    assert result == 3, \"sum\"",
       "    try:\n        assert result == 3, \"sum\"\n    except AssertionError:\n        pass",
       "test_loosened"},
      {"assert result == 3, \"sum\"", "assert (result == 3, \"sum\")", "test_loosened"},
      {"assert result == 3", "assert result == result", "test_loosened"},
      {"assert result == 3", "assert result == 3 or result", "test_loosened"},
      {"assert result == 3", "assert True", "test_loosened"},
      {"assert result == 3", "assert result", "test_loosened"},
      {"assert result == 3", "assert result >= 3", "test_loosened"},
      {"assert result == 3", "assert result in (3, 4)", "test_loosened"},
      {"assert len(split(9, 3)) == 3", "assert len(split(9, 3)) >= 0", "test_loosened"},
      {"1e-9", "1e-2", "test_loosened"},
      {"pytest.raises(ValueError, match=\"negative\")", "pytest.raises(Exception)",
       "test_loosened"},
      {"pytest.raises(ValueError, match=\"negative\")", "pytest.raises(ValueError)",
       "test_loosened"},
      {"[(1, 1), (2, 2)]", "[(1, 1)]", "test_loosened"},
      {"CASES = [(1, 2), (3, 4)]", "CASES = [(1, 2)]", "test_loosened"},
      {"in CASES:", "in CASES[:0]:", "test_expectation"},
      // other
      {"assert result == 3", "assert result == 4", "test_expectation"},
      {"entry(1), entry(2)", "entry(1), entry(3)", "test_expectation"},
      {"from tally.totals import split, total", "from fakes import split, total",
       "test_expectation"},
      {"from tally.totals import split, total", "from tally.totals import split, total, best", ""},
      {"def entry(cents)", "def split(a, b):\n    return [5, 5]\n\n\ndef entry(cents)",
       "test_expectation"},
      {"    assert result == 3", "    result = 3\n    assert result == 3", "test_expectation"},
      {"def entry(cents)",
       "@pytest.fixture(autouse=True)\ndef calm(monkeypatch):\n    pass\n\n\ndef entry(cents)",
       "test_expectation"},
  }));
  check("tests/test_totals.py", kPytest, with(kPytest, from, to), kinds);
}

TEST_CASE("a second definition of the same name hides the first test") {
  check("tests/test_totals.py", kPytest, kPytest + "\n\ndef test_total():\n    assert True\n",
        "test_disabled");
  check("tests/test_totals.py", kPytest, kPytest + "\n\ntest_total = None\n", "test_disabled");
  check("tests/test_totals.py", kPytest, kPytest + "\n\ndel test_total\n", "test_disabled");
}

TEST_CASE("conftest.py may not choose what is run") {
  check("tests/conftest.py", "", "collect_ignore = [\"test_totals.py\"]\n", "test_disabled");
  check("tests/conftest.py", "import pytest\n",
        "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n",
        "test_disabled");
  check("tests/conftest.py", "import pytest\n",
        "import pytest\n\n\n@pytest.fixture\ndef folder():\n    return 1\n", "");
}

const std::string kUnittest = R"(import unittest


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.limit = 10

    def test_money(self):
        self.assertEqual(money(5), "0.05")
        self.assertAlmostEqual(rate(), 0.5, places=7)
        self.assertIn("a", names())
        with self.assertRaisesRegex(ValueError, "line 3"):
            money("x")
        with self.assertRaises(ValueError):
            money("y")
)";

TEST_CASE("tests of unittest are read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"    def test_money", "    @unittest.skip(\"x\")\n    def test_money", "test_disabled"},
      {"    def test_money", "    @unittest.expectedFailure\n    def test_money", "test_disabled"},
      {"        self.assertEqual(money",
       "        self.skipTest(\"x\")\n        self.assertEqual(money", "test_disabled"},
      {"(unittest.TestCase)", "", "test_expectation test_removed"},
      {"self.assertEqual(money(5), \"0.05\")", "self.assertTrue(money(5))", "test_loosened"},
      {"self.assertEqual(money(5), \"0.05\")", "self.assertEqual(money(5), money(5))",
       "test_loosened"},
      {"self.assertEqual(money(5), \"0.05\")", "self.assertNotEqual(money(5), \"\")",
       "test_loosened"},
      {"self.assertEqual(money(5), \"0.05\")", "self.assertTrue(True)", "test_loosened"},
      {"self.assertEqual(money(5), \"0.05\")", "self.assertEqual(money(5), \"0.06\")",
       "test_expectation"},
      {"places=7", "places=1", "test_loosened"},
      {"self.assertRaisesRegex(ValueError, \"line 3\")", "self.assertRaises(ValueError)",
       "test_loosened"},
      {"self.assertRaises(ValueError)", "self.assertRaises(Exception)", "test_loosened"},
      {"with self.assertRaises(ValueError):", "with contextlib.suppress(ValueError):",
       "test_loosened"},
      {"self.limit = 10", "self.limit = 100", "test_expectation"},
      {"    def test_money",
       "    def test_more(self):\n        self.assertTrue(more())\n\n    def test_money",
       "test_added"},
  }));
  check("tests/test_report.py", kUnittest, with(kUnittest, from, to), kinds);
}

const std::string kJest = R"(import { rank } from '../src/rank';

describe('rank', () => {
  beforeEach(() => {
    reset();
  });

  it('orders by score', async () => {
    const hits = await rank('house');
    expect(hits.length).toBe(2);
    expect(hits[0]).toEqual({ title: 'a', score: 1 });
    expect(() => rank(null)).toThrow(TypeError);
    expect(hits[0].weight).toBeCloseTo(0.5, 5);
  }, 1000);

  it.each([[1, 2], [3, 4]])('adds %i', (a, b) => {
    expect(add(a)).toBe(b);
  });

  test('is short', () => expect(rank('').length).toBe(0));
});
)";

TEST_CASE("tests of Jest and its relatives are read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"toBe(2);", "toBe(2)", ""},
      {"'orders by score', async () => {", "\"orders by score\", async () => {", ""},
      {"const hits = await rank('house');", "const hits = await rank(\n      'house',\n    );", ""},
      {"  test('is short'",
       "  it('is new', () => { expect(1 + one).toBe(2); });\n\n  test('is short'", "test_added"},
      {"[3, 4]]", "[3, 4], [5, 6]]", "test_added"},
      {"it('orders", "it.skip('orders", "test_disabled"},
      {"it('orders", "xit('orders", "test_disabled"},
      {"describe('rank'", "describe.skip('rank'", "test_disabled"},
      {"test('is short'", "test.only('is short'", "test_disabled"},
      {"    const hits", "    return;\n    const hits", "test_disabled"},
      {"toBe(2)", "toBeGreaterThan(0)", "test_loosened"},
      {"expect(hits.length).toBe(2)", "expect(hits).toBeDefined()", "test_loosened"},
      {"expect(hits.length).toBe(2)", "expect(true).toBe(true)", "test_loosened"},
      {"expect(hits.length).toBe(2)", "expect(hits.length).toBe(hits.length)", "test_loosened"},
      {"toThrow(TypeError)", "toThrow()", "test_loosened"},
      {"0.5, 5)", "0.5, 1)", "test_loosened"},
      {"}, 1000);", "}, 60000);", "test_loosened"},
      {"[[1, 2], [3, 4]]", "[[1, 2]]", "test_loosened"},
      {"    expect(hits.length).toBe(2);\n", "", "test_removed"},
      {"toBe(2)", "toBe(3)", "test_expectation"},
      {"reset();", "resetAll();", "test_expectation"},
      {"describe('rank', () => {\n", "jest.setTimeout(99);\ndescribe('rank', () => {\n",
       "test_expectation"},
  }));
  check("src/__tests__/rank.test.js", kJest, with(kJest, from, to), kinds);
  check("test/rank.test.ts", kJest, with(kJest, from, to), kinds);
}

const std::string kGo = R"(package index

import "testing"

func TestFind(t *testing.T) {
	tests := []struct {
		word string
		want int
	}{
		{"a", 1},
		{"b", 2},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			if got := Find(tt.word); got != tt.want {
				t.Errorf("Find(%q) = %d", tt.word, got)
			}
		})
	}
	if err := Check(); err != nil {
		t.Fatal(err)
	}
	if len(All()) > 3 {
		t.Error("too many")
	}
}
)";

TEST_CASE("tests in Go are read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"\"too many\"", "\"far too many\"", ""},
      {"t.Error(\"too many\")", "t.Fatal(\"too many\")", ""},
      {"tests := ", "tests  := ", ""},
      {"{\"b\", 2},", "{\"b\", 2},\n\t\t{\"c\", 3},", "test_added"},
      {"func TestFind",
       "func TestMore(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Fail()\n\t}\n}\n\nfunc TestFind",
       "test_added"},
      {"func TestFind", "func testFind", "test_removed"},
      {"\ttests :=", "\tt.Skip()\n\ttests :=", "test_disabled"},
      {"\ttests :=", "\tif testing.Short() {\n\t\treturn\n\t}\n\ttests :=", "test_disabled"},
      {"got != tt.want", "got != tt.want && false", "test_disabled"},
      {"got != tt.want", "got != tt.want && tt.want > 5", "test_loosened"},
      {"got != tt.want", "got < tt.want", "test_loosened"},
      {"len(All()) > 3", "len(All()) > 30", "test_loosened"},
      {"t.Fatal(err)", "t.Log(err)", "test_removed"},
      {"\t\t{\"b\", 2},\n", "", "test_loosened"},
      {"{\"b\", 2}", "{\"b\", 3}", "test_expectation"},
  }));
  check("index/find_test.go", kGo, with(kGo, from, to), kinds);
}

const std::string kRust = R"(pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        let sum = add(1, 2);
        assert_eq!(sum, 3, "sum");
        assert!(add(0, 0) == 0);
        for i in 0..100 {
            assert!(add(i, 1) > i);
        }
    }

    #[test]
    #[should_panic(expected = "overflow")]
    fn overflows() {
        add(i32::MAX, 1);
    }
}
)";

TEST_CASE("tests in Rust are read, beside the code too") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"    a + b", "    b + a", ""},
      {"let sum = add(1, 2);\n        assert_eq!(sum, 3, \"sum\")",
       "let all = add(1, 2);\n        assert_eq!(all, 3, \"sum\")", ""},
      {"    #[test]\n    fn adds", "    #[test]\n    #[ignore]\n    fn adds", "test_disabled"},
      {"    #[test]\n    fn adds", "    fn adds", "test_removed"},
      {"        assert_eq!(sum, 3, \"sum\");\n", "", "test_removed"},
      {"assert_eq!(sum, 3", "assert_ne!(sum, 4", "test_loosened"},
      {"assert_eq!(sum, 3", "assert_eq!(sum, sum", "test_loosened"},
      {"assert_eq!(sum, 3, \"sum\")", "assert!(true)", "test_loosened"},
      {"0..100", "0..1", "test_loosened"},
      {"(expected = \"overflow\")", "", "test_loosened"},
      {"assert_eq!(sum, 3", "assert_eq!(sum, 4", "test_expectation"},
      {"    #[test]\n    fn adds",
       "    #[test]\n    fn more() {\n        assert_eq!(add(2, 2), 4);\n    }\n\n    #[test]\n    "
       "fn adds",
       "test_added"},
  }));
  check("src/lib.rs", kRust, with(kRust, from, to), kinds);
}

const std::string kJava = R"(package index;

import org.junit.jupiter.api.Test;

class IndexTest {
  private final Index index = new Index();

  @Test
  void finds() throws Exception {
    int at = index.find("a");
    assertEquals(1, at);
    assertEquals(0.5, index.weight(), 1e-9);
    assertThrows(IOException.class, () -> index.read());
  }

  @Test(timeout = 100)
  public void isFast() {
    assertTrue(index.run() < 10);
  }
}
)";

TEST_CASE("tests of JUnit are read") {
  const auto [from, to, kinds] = GENERATE(table<const char*, const char*, const char*>({
      {"int at = index.find(\"a\");\n    assertEquals(1, at);",
       "int place = index.find(\"a\");\n    assertEquals(1, place);", ""},
      {"  @Test\n  void finds", "  @Test\n  @Disabled\n  void finds", "test_disabled"},
      {"  @Test\n  void finds", "  void finds", "test_removed"},
      {"    assertEquals(1, at);\n", "", "test_removed"},
      {"assertEquals(1, at)", "assertEquals(at, at)", "test_loosened"},
      {"assertEquals(1, at)", "assertNotEquals(2, at)", "test_loosened"},
      {"IOException.class", "Exception.class", "test_loosened"},
      {"1e-9", "0.4", "test_loosened"},
      {"timeout = 100", "timeout = 10000", "test_loosened"},
      {"index.run() < 10", "index.run() < 1000", "test_loosened"},
      {"assertEquals(1, at)", "assertEquals(2, at)", "test_expectation"},
      {"  @Test\n  void finds",
       "  @Test\n  void more() { assertTrue(index.more()); }\n\n  @Test\n  void finds",
       "test_added"},
  }));
  check("src/test/java/IndexTest.java", kJava, with(kJava, from, to), kinds);
}

}  // namespace
}  // namespace automod::trial

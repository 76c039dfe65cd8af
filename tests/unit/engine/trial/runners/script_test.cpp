#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/runners/site.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;

class UnittestSite : public RunnerSite {
 public:
  UnittestSite() {
    config.test_results = TestSource::kUnittest;
    config.test = "python3 -m unittest discover -s tests";
  }

  void tests(const std::string& body) const {
    file("tests/test_x.py",
         "import os, sys, unittest\nclass X(unittest.TestCase):\n" + body + "\n");
  }
};

TEST_CASE_METHOD(UnittestSite, "unittest's tests are known by name and outcome") {
  tests(R"(
  def test_good(self): pass
  def test_bad(self): self.fail()
  @unittest.skip("no")
  def test_skipped(self): pass
  @unittest.expectedFailure
  def test_expected(self): self.fail()
  @unittest.expectedFailure
  def test_unexpected(self): pass
  def test_inner(self):
    for i in range(2):
      with self.subTest(i=i): self.assertEqual(i, 0)
  def test_late(self): self.addCleanup(lambda: 1 / 0))");
  const Inventory found = run();
  CHECK(found.complete);
  CHECK(outcomes(found) == Lines{"test_x.X.test_bad failed", "test_x.X.test_expected passed",
                                 "test_x.X.test_good passed", "test_x.X.test_inner failed",
                                 "test_x.X.test_late failed", "test_x.X.test_skipped skipped",
                                 "test_x.X.test_unexpected failed"});
}

TEST_CASE_METHOD(UnittestSite, "a module that cannot be imported is a failed test") {
  file("tests/test_x.py", "import nothing_of_that_name\n");
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"unittest.loader._FailedTest.test_x failed"});
  CHECK(found.complete);
}

TEST_CASE_METHOD(UnittestSite, "what is set up for a whole class may fail") {
  tests(R"(
  @classmethod
  def setUpClass(cls): raise ValueError
  def test_a(self): pass)");
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"setUpClass (test_x.X) failed", "test_x.X.test_a not_run"});
  CHECK_FALSE(found.complete);
}

TEST_CASE_METHOD(UnittestSite, "a test that ends the interpreter leaves the run incomplete") {
  tests(R"(
  def test_a(self): pass
  def test_b(self): os._exit(0)
  def test_c(self): pass)");
  const Inventory found = run();
  CHECK_FALSE(found.complete);
  CHECK(outcomes(found) ==
        Lines{"test_x.X.test_a passed", "test_x.X.test_b not_run", "test_x.X.test_c not_run"});
}

TEST_CASE_METHOD(UnittestSite, "a printed summary before the end does not help") {
  tests(R"(
  def test_a(self):
    sys.stderr.write("Ran 2 tests in 0.001s\n\nOK\n"); sys.stderr.flush()
    os._exit(0)
  def test_b(self): self.fail())");
  CHECK_FALSE(run().complete);
}

TEST_CASE_METHOD(UnittestSite, "a test cannot find the report by its variable") {
  tests(R"(
  def test_a(self): self.assertNotIn("AUTOMOD_REPORT", os.environ))");
  CHECK(outcomes(run()) == Lines{"test_x.X.test_a passed"});
}

class NodeSite : public RunnerSite {
 public:
  NodeSite() {
    config.test_results = TestSource::kNode;
    config.test = "node --test";
  }

  void tests(const std::string& body) const {
    file("test/a.test.js",
         "const {test, describe, it} = require('node:test');\nconst a = require('assert');\n" +
             body);
  }
};

TEST_CASE_METHOD(NodeSite, "the tests of node's runner are known by name and outcome") {
  tests(R"(
test('good', () => {});
test('bad', () => { a.equal(1, 2); });
test('skipped', {skip: true}, () => {});
test('to do', {todo: true}, () => { a.equal(1, 2); });
describe('suite', () => { it('inner', () => {}); });)");
  const Inventory found = run();
  CHECK(found.complete);
  CHECK(outcomes(found) == Lines{"bad failed", "good passed", "skipped skipped",
                                 "suite > inner passed", "to do skipped"});
}

TEST_CASE_METHOD(NodeSite, "tests of the same name in two files are told apart") {
  tests("test('same', () => {});");
  file("test/b.test.js", "require('node:test').test('same', () => {});");
  CHECK(outcomes(run()) == Lines{"same passed", "same (2) passed"});
}

TEST_CASE_METHOD(NodeSite, "a file that ends node loses its tests") {
  tests("test('a', () => {});\ntest('b', () => { process.exit(0); });\ntest('c', () => {});");
  const auto names = outcomes(run());
  CHECK(std::find(names.begin(), names.end(), "c passed") == names.end());
}

class JunitSite : public RunnerSite {
 public:
  JunitSite() {
    config.test_results = TestSource::kJunit;
    config.test_report = "build/report.xml";
    config.test = "mkdir -p build && cp made.xml build/report.xml";
  }
};

TEST_CASE_METHOD(JunitSite, "any JUnit file serves as a report") {
  file("made.xml",
       R"(<testsuites><testsuite name="s" tests="3"><testcase classname="c" name="a" time="0.5"/>
       <testcase classname="c" name="b"><error/></testcase>
       <testcase name="d"><skipped/></testcase></testsuite></testsuites>)");
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"c.a passed", "c.b failed", "s.d skipped"});
  CHECK(found.complete);
}

TEST_CASE_METHOD(JunitSite, "a report of an earlier run is not taken for this one's") {
  file("build/report.xml", "<testsuite><testcase name=\"a\"/></testsuite>");
  config.test = "true";
  const Inventory found = run();
  CHECK(found.tests.empty());
  CHECK_FALSE(found.complete);
}

TEST_CASE_METHOD(JunitSite, "a report at odds with itself is not believed") {
  const std::string made = GENERATE(values<std::string>(
      {R"(<testsuite tests="2"><testcase name="a"/></testsuite>)",
       R"(<testsuite><testcase name="a"/><testcase name="a"><failure/></testcase></testsuite>)",
       R"(<testsuite><testcase name="a" time="5000"/></testsuite>)"}));
  CAPTURE(made);
  file("made.xml", made);
  const Inventory found = run();
  CHECK_FALSE(found.distrusted.empty());
  CHECK_FALSE(found.complete);
}

TEST_CASE_METHOD(JunitSite, "a bad exit status that no test explains leaves the run incomplete") {
  file("made.xml", "<testsuite><testcase name=\"a\"/></testsuite>");
  config.test += "; exit 3";
  CHECK_FALSE(run().complete);
}

}  // namespace
}  // namespace automod::testing

#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/change.hpp"

namespace automod {
namespace {

using testing::Change;
using Facts = std::vector<std::string>;

Facts added(const std::string& path, const std::string& text) {
  Change change;
  change.now[path] = text;
  return change.facts(trial::review_capabilities);
}

struct Row {
  std::string path;
  std::string text;
  Facts facts;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.path << ": " << row.text);
    CHECK(added(row.path, row.text) == row.facts);
  }
}

TEST_CASE("C and C++ code that reaches outside is seen by the names it uses") {
  check({
      {"a.cpp", "int f() { return system(\"ls\"); }", {"capability_process system:1"}},
      {"a.cpp", "int f() { return std::system(\"ls\"); }", {"capability_process system:1"}},
      {"a.cpp", "void f() { auto g = &system; }", {"capability_process system:1"}},
      {"a.cpp", "void f() { auto g = ::system; }", {"capability_process system:1"}},
      {"a.c",
       "int f() {\n  if (fork() == 0) execl(\"/bin/sh\", 0);\n}",
       {"capability_process fork:2", "capability_process execl:2"}},
      {"a.cpp",
       "void f() { int s = socket(2, 1, 0); connect(s, 0, 0); }",
       {"capability_network socket:1", "capability_network connect:1"}},
      {"a.cpp", "void f() { std::ofstream(\"x\") << 1; }", {"capability_file std::ofstream:1"}},
      {"a.cpp", "namespace fs = std::filesystem;", {"capability_file std::filesystem:1"}},
      {"a.cpp", "auto f() { return std::getenv(\"HOME\"); }", {"capability_environment getenv:1"}},
      {"a.cpp",
       "auto f() { return std::chrono::steady_clock::now(); }",
       {"capability_environment std::chrono::steady_clock:1"}},
      {"a.c", "int f(void) { return rand() % 2; }", {"capability_environment rand:1"}},
      {"a.py", "import random\n", {"capability_environment random:1"}},
      {"a.cpp", "void* f() { return dlopen(\"x.so\", 1); }", {"capability_loading dlopen:1"}},
      {"a.cpp", "void f() { asm(\"nop\"); }", {"capability_assembly asm:1"}},
      {"a.cpp", "void f() { __asm__ volatile(\"nop\"); }", {"capability_assembly __asm__:1"}},
      {"a.cpp",
       "void f() { std::thread([] {}).detach(); }",
       {"capability_thread std::thread:1", "capability_thread detach:1"}},
      {"a.cpp",
       "using namespace std;\nvoid f() { thread t([] {}); }",
       {"capability_thread std::thread:2"}},
      {"a.cpp", "void f() { signal(11, 0); }", {"capability_signal signal:1"}},
      {"a.cpp", "void f() { _exit(0); }", {"capability_exit _exit:1"}},
      {"a.cpp", "void f() { std::exit(0); }", {"capability_exit exit:1"}},
      {"a.cpp", "extern \"C\" int system(const char*);", {"capability_process system:1"}},
      {"a.c", "int system(const char*);", {"capability_process system:1"}},
  });
}

TEST_CASE("names that macros put together are seen") {
  check({
      {"a.cpp",
       "#define JOIN(a, b) a##b\nint f() { return JOIN(sys, tem)(\"ls\"); }",
       {"capability_process system:2"}},
      {"a.cpp",
       "#define JOIN(a, b) a##b\n#define CALL(a, b) JOIN(a, b)\n"
       "int f() { return CALL(sys, tem)(\"ls\"); }",
       {"capability_process system:3"}},
      {"a.cpp",
       "#define RUN(x) sys##x\nint f() { return RUN(tem)(\"ls\"); }",
       {"capability_process system:2"}},
      {"a.cpp",
       "#define RUN(x) sys %:%: x\nint f() { return RUN(tem)(\"ls\"); }",
       {"capability_process system:2"}},
      {"a.cpp",
       "int f() { return FROM_ELSEWHERE(pop, en)(\"ls\"); }",
       {"capability_process popen:1"}},
      {"a.cpp",
       "#define go system\nint f() { return go(\"ls\"); }",
       {"capability_process system:1"}},
      {"a.cpp",
       "#define APPLY(f, x) f(x)\nint f() { return APPLY(system, \"ls\"); }",
       {"capability_process system:2"}},
      {"a.cpp", "int f() { return sys\\\ntem(\"ls\"); }", {"capability_process system:1"}},
      {"a.cpp", "#define E getenv(\"X\")\n", {"capability_environment getenv:1"}},
  });
}

TEST_CASE("what runs before main is seen") {
  check({
      {"a.cpp", "__attribute__((constructor)) void f() {}", {"capability_start constructor:1"}},
      {"a.cpp", "[[gnu::constructor]] void f() {}", {"capability_start constructor:1"}},
      {"a.cpp",
       "#define EARLY __attribute__((__constructor__))\nEARLY void f() {}",
       {"capability_start __constructor__:1"}},
      {"a.c",
       "__attribute__((section(\".init_array\"))) void* const p = 0;",
       {"capability_start .init_array:1"}},
      {"a.cpp",
       "struct Hook { Hook() { patch(); } };\nstatic const Hook hook;",
       {"capability_start hook:2"}},
      {"a.cpp", "namespace {\nconst int ready = prepare();\n}", {"capability_start ready:2"}},
      {"a.cpp",
       "static const int x = [] { run(); return 1; }();\nint g() { return x; }",
       {"capability_start x:1"}},
      {"a.py",
       "import time\ntime.time = lambda: 0\n",
       {"capability_start assigns to time.time:2", "capability_environment time.time:2"}},
      {"a.py",
       "import registry\nregistry.install()\n",
       {"capability_start call of registry.install:2"}},
      {"a.js",
       "Math.random = () => 0;",
       {"capability_start assigns to Math.random:1", "capability_environment Math.random:1"}},
      {"a.js", "Array.prototype.sort = f;", {"capability_start assigns to Array.prototype.sort:1"}},
      {"a.go", "package a\nfunc init() { f() }", {"capability_start init:2"}},
      {"a.rs", "#[ctor]\nfn early() {}", {"capability_start ctor:1"}},
      {"A.java", "class A { static { load(); } }", {"capability_start static initializer:1"}},
  });
}

TEST_CASE("Python, scripts, Go, Rust and Java are read by what they import") {
  check({
      {"a.py",
       "import os\nos.system('ls')\n",
       {"capability_start call of os.system:2", "capability_process os.system:2"}},
      {"a.py",
       "from os import system as s\ndef f():\n  s('ls')\n",
       {"capability_process os.system:1"}},
      {"a.py", "import subprocess as sp\n", {"capability_process subprocess:1"}},
      {"a.py",
       "from os import *\ndef f():\n  return system('ls')\n",
       {"capability_process os.system:3"}},
      {"a.py",
       "import os\ndef f():\n  getattr(os, 'sys' + 'tem')('ls')\n",
       {"capability_process os.system:3"}},
      {"a.py",
       "import os\ndef f(n):\n  getattr(os, n)('ls')\n",
       {"capability_loading getattr(os):3"}},
      {"a.py", "def f(x):\n  return eval(x)\n", {"capability_loading eval:2"}},
      {"a.py", "import os\nHOME = os.environ['HOME']\n", {"capability_environment os.environ:2"}},
      {"a.py", "def f(p):\n  p.write_text('x')\n", {"capability_file write_text:2"}},
      {"a.py",
       "def f(p):\n  open(p, 'w')\n",
       {"capability_file open:2", "capability_file open to write:2"}},
      {"a.js", "const c = require('child_process');", {"capability_process child_process:1"}},
      {"a.js",
       "const c = require('child' + '_process');",
       {"capability_process child_process:1", "capability_loading require of a computed name:1"}},
      {"a.mjs", "import fs from 'node:fs';", {"capability_file node:fs:1"}},
      {"a.js", "const e = process['env'];", {"capability_environment process.env:1"}},
      {"a.js", "new Function('return 1')();", {"capability_loading Function:1"}},
      {"a.js", "fetch('http://x');", {"capability_network fetch:1"}},
      {"a.go", "package a\nimport \"os/exec\"", {"capability_process os/exec:2"}},
      {"a.go", "package a\nimport o \"os\"\nfunc f() { o.Exit(0) }", {"capability_exit os.Exit:3"}},
      {"a.go", "package a\nfunc f() { go g() }", {"capability_thread go:2"}},
      {"a.rs",
       "use std::process::{self, Command};",
       {"capability_process std::process::Command:1"}},
      {"a.rs",
       "use std::process as p;\nfn f() { p::exit(0) }",
       {"capability_exit std::process::exit:2"}},
      {"a.rs", "fn f() { unsafe { libc::fork(); } }", {"capability_process libc::fork:1"}},
      {"A.java", "class A { void f() { System.exit(0); } }", {"capability_exit System.exit:1"}},
      {"A.java",
       "class A { void f() { new ProcessBuilder(); } }",
       {"capability_process ProcessBuilder:1"}},
  });
}

TEST_CASE("ordinary code reaches nothing") {
  const auto [path, text] = GENERATE(table<std::string, std::string>({
      {"a.cpp", "const char* s = \"socket connect system\";  // getenv(), fork()\n"},
      {"a.cpp", "void f(Database& d) { d.open(1); d.connect(); link->bind(2); }"},
      {"a.cpp", "struct File { void open(); void run() { open(); } };"},
      {"a.cpp", "Result<int> open(int x) { return x; }\nint f() { return open(1).value(); }"},
      {"a.cpp", "int f() { return store::open(1); }"},
      {"a.cpp", "int f(int signal, int noise) { return signal / noise; }"},
      {"a.cpp", "int f(int signal) { return MAX(signal, 3); }"},
      {"a.cpp", "auto f(std::vector<int> v) { return std::remove_if(v.begin(), v.end(), g); }"},
      {"a.cpp", "#define JOIN(a, b) a##b\nint JOIN(my, value) = 3;"},
      {"a.cpp", "const std::string kName = make_name();\nauto f() { return kName; }"},
      {"a.cpp", "constexpr int kTable = [] { return compute(); }();"},
      {"a.cpp", "struct Point { Point() : x(0) {} int x; };\nstatic const Point origin;"},
      {"a.cpp", "std::mutex m;\nvoid f() { std::lock_guard lock(m); }"},
      {"a.py", "signal = read()\nsocket = signal + 1\n"},
      {"a.py", "import re\nPATTERN = re.compile('eval')\n"},
      {"a.py", "'''Opens a socket with os.system.'''\nx = 1\n"},
      {"a.py", "def f(model):\n  model.eval()\n  model.compile()\n"},
      {"a.py", "def main():\n  run()\n\nif __name__ == '__main__':\n  main()\n"},
      {"a.py", "import logging\nlog = logging.getLogger(__name__)\n"},
      {"a.js", "module.exports = { fetchAll, evaluate };"},
      {"a.js", "import { add } from './math.js';\nexport const x = add(1, 2);"},
      {"a.go", "package a\nimport \"fmt\"\nfunc f() { fmt.Println(\"os.Exit\") }"},
      {"a.rs", "use std::collections::HashMap;\nfn f() -> HashMap<u8, u8> { HashMap::new() }"},
      {"A.java", "class A { int f(Socketed s) { return s.exit(); } }"},
      {"notes.md", "Call system() or fork().\n"},
  }));
  INFO(path << ": " << text);
  CHECK(added(path, text) == Facts{});
}

TEST_CASE("what the base reaches already is nothing new") {
  Change change;
  change.base["src/old.cpp"] = "auto home() { return getenv(\"HOME\"); }\n";
  change.base["src/new.cpp"] = "int x;\n";
  SECTION("elsewhere in the tree") {
    change.now["src/new.cpp"] = "auto user() { return getenv(\"USER\"); }\n";
  }
  SECTION("in a function that moved") {
    change.now["src/old.cpp"] = "\n";
    change.now["src/new.cpp"] = change.base["src/old.cpp"];
  }
  SECTION("in a file that got another name") {
    change.deleted = {"src/old.cpp"};
    change.now["src/home.cpp"] = change.base["src/old.cpp"];
  }
  CHECK(change.facts(trial::review_capabilities) == Facts{});
}

TEST_CASE("who reads files does not write them yet") {
  Change change;
  change.base["src/read.py"] = "def f(p):\n  return open(p).read()\n";
  change.now["src/keep.py"] = "def g(p):\n  with open(p, \"w\") as file:\n    file.write(\"x\")\n";
  CHECK(change.facts(trial::review_capabilities) == Facts{"capability_file open to write:2"});
}

TEST_CASE("what only the base's tests reach is new to its code") {
  Change change;
  change.base["tests/a_test.cpp"] = "auto home() { return getenv(\"HOME\"); }\n";
  change.now["src/new.cpp"] = "auto user() { return getenv(\"USER\"); }\n";
  CHECK(change.facts(trial::review_capabilities) == Facts{"capability_environment getenv:1"});
}

TEST_CASE("an exit elsewhere in the project does not excuse one here") {
  Change change;
  change.base["sandbox/child.cpp"] = "void f() { _exit(1); }\n";
  SECTION("in another folder") {
    change.now["src/rank.cpp"] = "void f() { _exit(0); }\n";
    CHECK(change.facts(trial::review_capabilities) == Facts{"capability_exit _exit:1"});
  }
  SECTION("in the same folder") {
    change.now["sandbox/other.cpp"] = "void f() { _exit(0); }\n";
    CHECK(change.facts(trial::review_capabilities) == Facts{});
  }
}

TEST_CASE("tests may reach what they like, but not end the process unseen or run before main") {
  Change change;
  change.now["tests/a_test.cpp"] =
      "__attribute__((constructor)) void f() { _exit(0); }\nauto g() { return std::getenv(\"H\"); "
      "}\n";
  CHECK(change.facts(trial::review_capabilities) ==
        Facts{"capability_start constructor:1", "capability_exit _exit:1"});
}

TEST_CASE("what code includes or imports is code, whatever it is called and wherever it stands") {
  Change change;
  SECTION("a header among the tests") {
    change.now["src/a.cpp"] = "#include \"../tests/helper.hpp\"\n";
    change.now["tests/helper.hpp"] = "inline auto f() { return getenv(\"X\"); }\n";
  }
  SECTION("a text") {
    change.now["src/a.cpp"] = "#include \"table.txt\"\n";
    change.now["src/table.txt"] = "inline auto f() { return getenv(\"X\"); }\n";
  }
  SECTION("a table") { change.now["src/table.inc"] = "auto f() { return getenv(\"X\"); }\n"; }
  SECTION("a source that is named like a test") {
    change.now["src/a.cpp"] = "#include \"tests/helper_test.cpp\"\n";
    change.now["tests/helper_test.cpp"] = "auto f() { return getenv(\"X\"); }\n";
  }
  CHECK(change.facts(trial::review_capabilities) == Facts{"capability_environment getenv:1"});
}

TEST_CASE("scripts are known by their first line, assembly by its ending") {
  CHECK(added("tool", "#!/usr/bin/env python3\nimport subprocess\n") ==
        Facts{"capability_process subprocess:2"});
  CHECK(added("src/fast.S", "nop\n") == Facts{"capability_assembly assembly:0"});
  CHECK(added("src/notes.txt", "call getenv(x)\n") == Facts{});
}

TEST_CASE("what one call leaves for the next is seen in code that is new") {
  const auto [path, text, fact] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "int f() {\n  static int last = 0;\n  return ++last;\n}", "hidden_state last:2"},
      {"a.cpp", "int f() {\n  static std::map<int, int> answers;\n}", "hidden_state answers:2"},
      {"a.cpp", "int f() {\n  thread_local std::vector<int>* p;\n}", "hidden_state p:2"},
      {"a.cpp", "namespace {\nstd::map<int, int> cache;\n}", "hidden_state cache:2"},
      {"a.cpp", "struct A { mutable int seen = 0; };", "hidden_state seen:1"},
      {"a.cpp", "struct A { static int seen; };", "hidden_state seen:1"},
      {"a.py", "import functools\n@functools.lru_cache(maxsize=None)\ndef f(x):\n  return x\n",
       "hidden_state lru_cache:2"},
      {"a.py", "_seen = {}\ndef f(x):\n  _seen[x] = 1\n", "hidden_state _seen:1"},
      {"a.py", "last = 0\ndef f(x):\n  global last\n  last = x\n", "hidden_state last:1"},
      {"a.py", "def f(x, memo={}):\n  memo[x] = 1\n", "hidden_state memo:1"},
      {"a.js", "const seen = new Map();\nfunction f(x) { seen.set(x, 1); }", "hidden_state seen:1"},
      {"a.go", "package a\nvar seen = map[int]int{}\nfunc f(x int) { seen[x] = 1 }",
       "hidden_state seen:2"},
      {"a.rs", "static mut LAST: u8 = 0;", "hidden_state LAST:1"},
      {"A.java", "class A { static int last; }", "hidden_state last:1"},
  }));
  INFO(path << ": " << text);
  CHECK(added(path, text) == Facts{fact});
  Change moved;
  moved.base["old." + path.substr(path.rfind('.') + 1)] = text;
  moved.now[path] = text;
  moved.deleted = {moved.base.begin()->first};
  CHECK(moved.facts(trial::review_capabilities) == Facts{});
}

TEST_CASE("constants and members are no hidden state") {
  const auto [path, text] = GENERATE(table<std::string, std::string>({
      {"a.cpp", "int f() {\n  static const int kMost = 3;\n  return kMost;\n}"},
      {"a.cpp", "int f() {\n  static constexpr std::array<int, 2> kAll = {1, 2};\n}"},
      {"a.cpp", "static int helper(int x) { return x; }"},
      {"a.cpp", "struct A { int size_ = 0; mutable std::mutex mutex_; };"},
      {"a.cpp", "extern int total;\nconst char* const kName = \"x\";"},
      {"a.py", "NAMES = {'a': 1}\ndef f(x):\n  return NAMES[x]\n"},
      {"a.js", "const kNames = ['a'];\nexport function f(i) { return kNames[i]; }"},
      {"a.go", "package a\nvar ErrGone = errors.New(\"gone\")"},
      {"A.java", "class A { static final int kMost = 3; int last; }"},
  }));
  INFO(path << ": " << text);
  CHECK(added(path, text) == Facts{});
}

TEST_CASE("code that is too deep to be read is said to be left out") {
  Change change;
  std::string deep = "int x = ";
  deep += std::string(3000, '(') + "1" + std::string(3000, ')') + ";";
  change.now["a.cpp"] = deep;
  CHECK(change.read(trial::review_capabilities).left_out.size() == 1);
}

}  // namespace
}  // namespace automod

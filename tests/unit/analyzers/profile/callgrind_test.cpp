#include "tests/unit/analyzers/profile/profile_world.hpp"

using namespace automod;
using namespace automod::testing;

TEST_CASE("calls are part of what the caller costs, and of the line they stand in") {
  const auto profile = profile_of(R"(# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 7
cmd:  ./ring
part: 1

desc: I1 cache:
positions: line
events: Ir
summary: 100

ob=(1) /usr/bin/ring
fl=(1) /src/main.cpp
fn=(1) main
10 20
+2 5
cfi=(2) /src/ring.cpp
cfn=(2) ring::push(int)
calls=3 40
* 75

fl=(2)
fn=(2)
40 60
-1 15
)");
  CHECK(profile.kind == analyzers::ProfileKind::kCallgrind);
  CHECK(profile.event == "Ir");
  CHECK(functions_of(profile) ==
        Strings{"main@/src/main.cpp 0.25 1.00", "ring::push@/src/ring.cpp 0.75 0.75"});
  CHECK(lines_of(profile) == Strings{"/src/main.cpp:10 0.20 0.20", "/src/main.cpp:12 0.05 0.80",
                                     "/src/ring.cpp:39 0.15 0.15", "/src/ring.cpp:40 0.60 0.60"});
}

namespace {

/// A head, then what is given; lines are counted from 3 on.
std::string written(std::string_view body) {
  return "version: 1\nevents: Ir\n" + std::string(body);
}

}  // namespace

TEST_CASE("a function that calls itself is not counted twice") {
  const auto profile = profile_of(written(R"(fl=a.c
fn=main
1 10
cfn=fib
calls=1 5
2 90
fn=fib
5 40
cfn=fib'2
calls=1 5
6 50
fn=fib'2
5 50
cfn=fib'2
calls=100 5
6 5000
)"));
  CHECK(functions_of(profile) == Strings{"fib@a.c 0.90 0.90", "main@a.c 0.10 1.00"});
  CHECK(lines_of(profile) ==
        Strings{"a.c:1 0.10 0.10", "a.c:2 0.00 0.90", "a.c:5 0.90 0.90", "a.c:6 0.00 0.00"});
}

TEST_CASE("functions that call each other are not counted twice") {
  const auto profile = profile_of(written(R"(fl=a.c
fn=main
1 10
cfn=even
calls=1 5
2 90
fn=even
5 40
cfn=odd
calls=9 8
6 300
fn=odd
8 50
cfn=even
calls=9 5
9 280
)"));
  CHECK(functions_of(profile) ==
        Strings{"even@a.c 0.40 0.90", "main@a.c 0.10 1.00", "odd@a.c 0.50 0.50"});
}

TEST_CASE("instances of a template are one function") {
  const auto profile = profile_of(written(R"(fl=a.cpp
fn=(1) void each<int>(int)
1 10
fn=(2) void each<char>(char)
1 20
cfn=(1)
calls=1 1
* 10
)"));
  CHECK(functions_of(profile) == Strings{"each@a.cpp 1.00 1.00"});
}

TEST_CASE("a closure that is called back counts inside of its function") {
  const auto profile = profile_of(written(R"(fl=a.cpp
fn=main
1 10
cfn=f(int)
calls=1 1
* 90
fn=f(int)
2 10
cfi=/usr/include/algorithm
cfn=void std::sort<f(int)::{lambda(int)#1}>(int*)
calls=1 5
* 80
fl=/usr/include/algorithm
fn=void std::sort<f(int)::{lambda(int)#1}>(int*)
5 30
cfi=a.cpp
cfn=f(int)::{lambda(int)#1}::operator()(int) const
calls=9 3
* 50
fl=a.cpp
fn=f(int)::{lambda(int)#1}::operator()(int) const
3 50
)"));
  CHECK(functions_of(profile) == Strings{"f@a.cpp 0.60 0.90", "main@a.cpp 0.10 1.00",
                                         "std::sort@/usr/include/algorithm 0.30 0.80"});
}

TEST_CASE("what is inlined counts for the function and for the line of the other file") {
  const auto profile = profile_of(written(R"(fl=a.cpp
fn=f
3 1
fi=b.hpp
7 2
fe=a.cpp
4 1
)"));
  CHECK(functions_of(profile) == Strings{"f@a.cpp 1.00 1.00"});
  CHECK(lines_of(profile) ==
        Strings{"a.cpp:3 0.25 0.25", "a.cpp:4 0.25 0.25", "b.hpp:7 0.50 0.50"});
}

TEST_CASE("of several events instructions count, else the first") {
  const std::string body = "fn=f\n0x10 5 1 9\nfn=g\n0x20 5 3\n";
  CHECK(functions_of(profile_of("version: 1\nevents: Dr Ir Dw\n" + body)) ==
        Strings{"f 0.25 0.25", "g 0.75 0.75"});
  CHECK(functions_of(profile_of("version: 1\nevents: Cy Dr Dw\n" + body)) ==
        Strings{"f 0.50 0.50", "g 0.50 0.50"});
}

TEST_CASE("positions may be instructions, with lines or without") {
  const std::string body = "fl=a.c\nfn=f\n0x4010 7 1\n+3 * 1\n* +2 2\njump=1 0x4010 7\n+1 -1\n";
  CHECK(lines_of(profile_of("version: 1\npositions: instr line\nevents: Ir\n" + body)) ==
        Strings{"a.c:7 0.50 0.50", "a.c:8 0.00 0.00", "a.c:9 0.50 0.50"});
  CHECK(lines_of(profile_of("version: 1\npositions: instr\nevents: Ir\nfl=a.c\nfn=f\n0x10 4\n"))
            .empty());
}

TEST_CASE("what has no name or place costs all the same") {
  const auto profile = profile_of(written("fl=???\nfn=0x00001234\n0 30\nfn=f\n0 10\n"));
  CHECK(functions_of(profile) == Strings{"f 0.25 0.25"});
  CHECK(profile.lines.empty());
}

TEST_CASE("what callgrind would not write is an error with its line") {
  struct Row {
    const char* body;
    const char* message;
  };
  const Row rows[] = {
      {"fn=(7)\n", "p:3: '(7)' stands for a name that was not given"},
      {"fn=f\n+2 x\n", "p:4: 'x' is no cost"},
      {"fn=f\n-2 1\n", "p:4: '-2' is no position here"},
      {"fn=f\n99999999999999999999 1\n", "p:4: '99999999999999999999' is no position here"},
      {"fn=f\n1 1 2\n", "p:4: more costs than events"},
      {"1 1\n", "p:3: costs before fn="},
      {"fn=f\ncalls=1 1\n", "p:4: calls= without fn= and cfn= before it"},
      {"fn=f\ncfn=g\ncalls=1 1\nfn=g\n",
       "p:6: follows calls=, expected a line with what they cost"},
      {"fn=f\ncfn=g\ncalls=1 1\n", "p:5: ends after calls=, expected a line with what they cost"},
      {"gn=f\n", "p:3: 'gn=' is no word of callgrind"},
      {"colour: red\n", "p:3: 'colour' is no word of callgrind's head"},
      {"nonsense\n",
       "p:3: is nothing that callgrind writes, expected KEY: VALUE, KEY=NAME or costs"},
      {"fn=f\n1 0\n", "p holds no cost of Ir"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const Error error = refusal_of(written(row.body));
    CHECK(error.message == row.message);
    CHECK(error.kind == ErrorKind::kUsage);
  }
  CHECK(refusal_of("version: 2\n").message == "p:1: version is '2', expected 1");
}

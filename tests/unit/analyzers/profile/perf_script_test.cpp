#include "tests/unit/analyzers/profile/profile_world.hpp"

using namespace automod;
using namespace automod::testing;

TEST_CASE("a sample counts for the innermost function and with all that led to it") {
  const auto profile = profile_of(R"(
ring 100 12.000001:     750000 cycles:u: 
	          401136 ring::push(int)+0x16 (/usr/bin/ring)
	          401200 main+0x20 (/usr/bin/ring)
	    7f0000029d90 __libc_start_call_main+0x80 (/usr/lib/libc.so.6)

ring 100 12.000002:     250000 cycles:u: 
	          401210 main+0x30 (/usr/bin/ring)
	    7f0000029d90 __libc_start_call_main+0x80 (/usr/lib/libc.so.6)

)");
  CHECK(profile.kind == analyzers::ProfileKind::kPerfScript);
  CHECK(profile.event == "cycles:u");
  CHECK(functions_of(profile) ==
        Strings{"__libc_start_call_main 0.00 1.00", "main 0.25 1.00", "ring::push 0.75 0.75"});
  CHECK(profile.lines.empty());
}

TEST_CASE("a function that calls itself counts once in each sample") {
  const auto profile = profile_of(R"(a 1 1.0: 1 cycles: 
	1 fib(int)+0x1 (/a)
	1 fib(long)+0x9 (/a)
	1 fib(int)+0x9 (/a)
	1 main+0x9 (/a)
)");
  CHECK(functions_of(profile) == Strings{"fib 1.00 1.00", "main 0.00 1.00"});
}

TEST_CASE("samples without stacks have their function on the same line") {
  const auto profile = profile_of(
      "    my prog 1 [002] 1.0:   3 cycles:u:  40 push+0x1 (/a b (deleted))\n"
      "    my prog 1 [002] 1.1:   1 cycles:u:  41 [unknown] ([unknown])\n");
  CHECK(functions_of(profile) == Strings{"push 0.75 0.75"});
}

TEST_CASE("a sample without a period counts as one") {
  const auto profile = profile_of("a 1/2 1.0: cycles: \n\t1 f+0x1 (/a)\n\na 1/2 1.1: cycles: \n");
  CHECK(functions_of(profile) == Strings{"f 0.50 0.50"});
}

TEST_CASE("lines are those that stand below the frames") {
  const auto profile = profile_of(R"(# a comment
a 1 1.0: 1 cycles: 
	1 push+0x1 (/a)
  ring.cpp:12
	2 main+0x1 (inlined)
  main.cpp:3
	2 main+0x1 (/a)
  main.cpp:3
	3 _start+0x1 (/a)
  :0
	4 [unknown] (/lib/a.so)
  a.so[38d0]

a 1 1.1: 3 cycles: 
	2 main+0x1 (/a)
  main.cpp:4
)");
  CHECK(lines_of(profile) ==
        Strings{"main.cpp:3 0.00 0.25", "main.cpp:4 0.75 0.75", "ring.cpp:12 0.25 0.25"});
}

TEST_CASE("Python tells the file of its functions") {
  const auto profile = profile_of(
      "python3 1 1.0: 1 cycles: \n\t1 py::Ring.push:/srv/app/ring.py+0x8 (/tmp/perf-1.map)\n");
  CHECK(functions_of(profile) == Strings{"Ring::push@/srv/app/ring.py 1.00 1.00"});
}

TEST_CASE("what is no profile is told what one is") {
  const Error error = refusal_of("#include <stdio.h>\nint main() { return 0; }\n");
  CHECK(error.kind == ErrorKind::kUsage);
  CHECK(error.message ==
        "p:2: is no sample, expected 'COMMAND PID TIME: PERIOD EVENT:' as perf script writes it");
  CHECK(error.hint == "write one with 'perf script > FILE' or 'valgrind --tool=callgrind PROGRAM'");
  CHECK(refusal_of(" \n\n").message == "p is empty, expected a profile");
  CHECK(refusal_of("# nothing but this\n").message == "p holds no sample");
  CHECK_THAT(refusal_of("PERFILE2\x01\x02").hint, ContainsSubstring("perf script -i FILE"));
}

TEST_CASE("a stack that is not as perf writes it is an error with its line") {
  CHECK(refusal_of("a 1 1.0: 1 cycles: \n\t1 f+0x1 (/a)\n\tnonsense\n").message ==
        "p:3: is no frame of a stack, expected 'ADDRESS SYMBOL+OFFSET (FILE)'");
}

TEST_CASE("a stack without an end is read as far as it counts") {
  std::string text = "a 1 1.0: 1 cycles: \n";
  for (int i = 0; i < 20'000; ++i) text += "\t1 f" + std::to_string(i) + "+0x1 (/a)\n";
  CHECK(profile_of(text).functions.size() == 8192);
}

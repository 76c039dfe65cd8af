// A test harness that fits on a page.
#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace check {

struct Case {
  const char* name;
  void (*run)();
};

std::vector<Case>& cases();
void fail(const char* file, int line, const std::string& message);

struct Registration {
  Registration(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

template <typename A, typename B>
void equal(const A& found, const B& wanted, const char* text, const char* file, int line) {
  if (found == wanted) return;
  std::ostringstream message;
  message << text << " is " << found << ", wanted " << wanted;
  fail(file, line, message.str());
}

}  // namespace check

#define TEST(name)                                                   \
  static void name();                                                \
  static const check::Registration name##_registration{#name, name}; \
  static void name()

#define CHECK(condition) \
  if (!(condition)) check::fail(__FILE__, __LINE__, #condition " does not hold")

#define CHECK_EQUAL(found, wanted) check::equal(found, wanted, #found, __FILE__, __LINE__)

#include "analyzers/profile/profile.hpp"
#include "tests/unit/catch.hpp"

using automod::analyzers::plain_name;

TEST_CASE("a plain name is what a function is called, and what it lies in") {
  struct Row {
    const char* written;
    const char* plain;
  };
  const Row rows[] = {
      // C
      {"main", "main"},
      {"parse_line.isra.0", "parse_line"},
      {"parse_line.part.3.constprop.0", "parse_line"},
      {"parse_line.cold", "parse_line"},
      {"malloc@plt", "malloc"},
      {"memcpy@@GLIBC_2.14", "memcpy"},
      {"fib'2", "fib"},
      // C++
      {"ring::push(int)", "ring::push"},
      {"ring::Buffer<std::pair<int, char> >::push(int) const", "ring::Buffer::push"},
      {"void ring::each<int>(int const*, int const*)", "ring::each"},
      {"std::vector<int> ring::made<int>()", "ring::made"},
      {"(anonymous namespace)::helper(char const*)", "helper"},
      {"ring::(anonymous namespace)::helper(char const*)", "ring::helper"},
      {"ring::push(int)::{lambda(int)#1}::operator()(int) const", "ring::push"},
      {"ring::name[abi:cxx11]() const", "ring::name"},
      {"ring::push(int) [clone .cold]", "ring::push"},
      {"operator+", "operator+"},
      {"ring::Buffer::operator()(int)", "ring::Buffer::operator()"},
      {"bool ring::operator<<int>(ring::Buffer<int> const&)", "ring::operator<<"},
      {"ring::operator<(ring::A const&, ring::A const&)", "ring::operator<"},
      {"ring::Buffer::operator bool() const", "ring::Buffer::operator bool"},
      {"ring::Buffer::operator->()", "ring::Buffer::operator->"},
      {"ring::Buffer<(ring::Kind)3>::push(int)", "ring::Buffer::push"},
      {"ring::Buffer<&(ring::is_more(int, int))>::push(int)", "ring::Buffer::push"},
      {"non-virtual thunk to ring::Buffer::push(int)", "ring::Buffer::push"},
      {"ring::Buffer::~Buffer()", "ring::Buffer::~Buffer"},
      // Rust
      {"ring::buffer::Buffer<T>::push::h0123456789abcdef", "ring::buffer::Buffer::push"},
      {"<ring::Buffer as core::fmt::Debug>::fmt", "ring::Buffer::fmt"},
      {"ring::run::{{closure}}", "ring::run"},
      // Go
      {"main.handle", "main::handle"},
      {"main.(*Server).handle", "main::Server::handle"},
      {"github.com/someone/ring/store.(*Log).Append", "store::Log::Append"},
      {"main.handle.func1", "main::handle"},
      {"main.handle.func1.2", "main::handle"},
      // Python
      {"Buffer.push", "Buffer::push"},
      {"outer.<locals>.inner", "outer::inner"},
      // none
      {"[unknown]", ""},
      {"0x00000000000233c0", ""},
      {"???", ""},
      {"(below main)", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.written);
    CHECK(plain_name(row.written) == row.plain);
  }
}

TEST_CASE("a name may be anything") {
  for (const char* text :
       {"<", "<<<<", ">>>>", "((((", "))))", "operator", "operator ", "a::",  "::a", "{",     "a{",
        "[", "]",    "'2",   "@",    ".",    "..",       "a.(b",      "a.()", " ",   "a b c "}) {
    CAPTURE(text);
    CHECK(plain_name(text).size() <= std::string_view(text).size() * 2);
  }
  CHECK(plain_name(std::string(100'000, '<')).empty());
  CHECK(plain_name("a" + std::string(100'000, '(')) == "a");
}

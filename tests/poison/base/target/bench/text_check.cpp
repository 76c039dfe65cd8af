// text_check SEED: throws random text at the functions of base/text.hpp and base/digest.hpp and
// prints what they answer. Two versions that do the same print the same.

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/text.hpp"

using namespace automod;

namespace {

class Source {
 public:
  explicit Source(unsigned long seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string bytes(std::size_t most) {
    std::string text;
    for (std::size_t i = below(most); i > 0; --i) text += static_cast<char>(below(256));
    return text;
  }

  /// Of characters that mean something to somebody.
  std::string text(std::size_t most) {
    static const char* const kPieces[] = {"a",  "b",  "word", " ",      "  ",     "\t",  "\n",
                                          "\n", "/",  "*",    "**",     "?",      "**/", "z.cpp",
                                          "é",  "日", "😀",   "\u202e", "\ufeff", "\r",  "\xc3"};
    std::string text;
    for (std::size_t i = below(most); i > 0; --i) text += kPieces[below(21)];
    return text;
  }

  /// Long and mostly harmless.
  std::string prose(std::size_t most) {
    std::string prose;
    for (std::size_t i = below(most); i > 0; --i) {
      prose += below(300) == 0 ? text(3) : "word ";
    }
    return prose;
  }

 private:
  std::mt19937_64 random_;
};

void show(const char* what, const std::string& text) {
  std::printf("%s %s\n", what, sha256(text).substr(0, 16).c_str());
}

void check(Source& source, const std::string& text) {
  show("printable", printable(text));
  show("line", printable_line(text));
  show("utf8", valid_utf8(text));
  show("tail", std::string(tail(text, source.below(40))));
  show("wrap", wrap(text, 1 + source.below(90)));
  for (const std::string_view line : split_lines(text)) show("split", std::string(line));
}

void check_names(Source& source) {
  const std::vector<std::string> words = {"a", "log", "list", "analyze", "word", "z.cppa"};
  show("near", nearest(source.text(5), words).value_or("nothing"));
  show("suggestion", suggestion(source.text(4), words));
  std::printf("glob %d\n", glob_match(source.text(7), source.text(7)) ? 1 : 0);
  std::string path = source.text(6);
  for (char& c : path) c = c == '*' || c == '?' ? 'a' : c;
  for (const char* pattern : {"**", "*", "**/z.cpp", "a/**/b", "a**", "?*", "*/", "a/"}) {
    std::printf("%d", glob_match(pattern, path) ? 1 : 0);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  Source source(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 0);
  for (int i = 0; i < 8; ++i) check(source, source.prose(8000));
  for (int i = 0; i < 400; ++i) {
    check(source, source.bytes(60));
    check(source, source.text(80));
    check_names(source);
  }
}

// automod-clang: prints what clang knows of one translation unit, or of some headers together.
// Started in the sandbox by the analyzers only; docs/formats/ast.md says what it prints.

#include <clang-c/Index.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/worker/reader.hpp"

namespace {

constexpr const char* kTogether = "/automod-headers.cpp";  // in no project, and on no disk

using automod::worker::Mode;

struct Request {
  std::string root;
  Mode mode = Mode::kFacts;
  std::vector<std::string> files;
  std::vector<const char*> flags;
};

bool is_surface(const Request& request) { return request.mode == Mode::kSurface; }

bool read_arguments(int count, char** words, Request& request) {
  int at = 1;
  for (; at < count && std::string_view(words[at]) != "--"; ++at) {
    const std::string_view word = words[at];
    if (word == "--surface") {
      request.mode = Mode::kSurface;
    } else if (word == "--smells") {
      request.mode = Mode::kSmells;
    } else if (word == "--root" && at + 1 < count) {
      request.root = words[++at];
    } else {
      request.files.emplace_back(word);
    }
  }
  for (++at; at < count; ++at) request.flags.push_back(words[at]);
  return !request.root.empty() && !request.files.empty() &&
         (is_surface(request) || request.files.size() == 1);
}

std::string includes(const std::vector<std::string>& files) {
  std::string text;
  for (const std::string& file : files) text += "#include \"" + file + "\"\n";
  return text;
}

CXErrorCode parse(CXIndex index, const Request& request, CXTranslationUnit& unit) {
  const std::string text = includes(request.files);
  std::array<CXUnsavedFile, 1> made = {{{kTogether, text.c_str(), text.size()}}};
  const unsigned preprocessing =
      is_surface(request) ? unsigned{CXTranslationUnit_DetailedPreprocessingRecord} : 0u;
  // Named by its place, since clang looks for the compiler's headers from there.
  std::vector<const char*> words = {"/usr/bin/clang"};
  words.insert(words.end(), request.flags.begin(), request.flags.end());
  words.push_back("-Wno-everything");
  if (request.mode == Mode::kSmells)
    words.insert(words.end(), {"-Wreturn-stack-address", "-Wdangling"});
  return clang_parseTranslationUnit2FullArgv(
      index, is_surface(request) ? kTogether : request.files.front().c_str(), words.data(),
      static_cast<int>(words.size()), made.data(), is_surface(request) ? 1u : 0u,
      CXTranslationUnit_KeepGoing | preprocessing, &unit);
}

}  // namespace

int main(int count, char** words) {
  Request request;
  if (!read_arguments(count, words, request)) {
    std::fputs("usage: automod-clang [--surface | --smells] --root FOLDER FILE... -- FLAG...\n",
               stderr);
    return 2;
  }
  // What has crashed is not to be believed any more: let it end us.
  clang_toggleCrashRecovery(0);
  CXIndex index = clang_createIndex(0, 0);
  CXTranslationUnit unit = nullptr;
  const CXErrorCode failed = parse(index, request, unit);
  if (failed != CXError_Success || unit == nullptr) {
    std::fprintf(stderr, "clang cannot read it (%d)\n", static_cast<int>(failed));
    return 1;
  }
  automod::worker::Writer writer;
  automod::worker::Reader(unit, request.root, request.mode, writer).read();
  // The process ends: taking the syntax tree apart piece by piece would only cost time.
  return writer.finish() ? 0 : 1;
}

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "analyzers/treesitter/parse.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

/// What scripts/bench asks of the syntax of many files, in one process. Reads paths from stdin.
///
///   bench_facts_dump symbols    prints every symbol as a line of JSON
///   bench_facts_dump parse      only parses, as text stands; prints CPU seconds, lines, bytes
///   bench_facts_dump extract    reads all facts; prints the same and what was found
///   bench_facts_dump compare    both by turns, file by file, and what one costs of the other

namespace {

using namespace automod;
using namespace automod::analyzers;
using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds kPatience{10};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string scope_of(const FileFacts& facts, const Symbol& symbol) {
  std::string scope;
  for (std::uint32_t at = symbol.within; at != kNone; at = facts.symbols[at].within) {
    const std::string& name = facts.names[facts.symbols[at].name];
    scope = scope.empty() ? name : name + "::" + scope;
  }
  if (symbol.scope == kNone) return scope;
  const std::string& written = facts.names[symbol.scope];
  return scope.empty() ? written : scope + "::" + written;
}

bool is_member(const FileFacts& facts, const Symbol& symbol) {
  if (symbol.within == kNone) return false;
  const SymbolKind around = facts.symbols[symbol.within].kind;
  return around == SymbolKind::kClass || around == SymbolKind::kStruct ||
         around == SymbolKind::kUnion;
}

void print_symbols(const std::string& path, const FileFacts& facts) {
  for (const Symbol& symbol : facts.symbols) {
    const Json row = {{"path", valid_utf8(path)},
                      {"name", valid_utf8(facts.names[symbol.name])},
                      {"scope", valid_utf8(scope_of(facts, symbol))},
                      {"line", symbol.line},
                      {"kind", name(symbol.kind)},
                      {"visibility", name(symbol.visibility)},
                      {"member", is_member(facts, symbol)},
                      {"definition", symbol.is_definition}};
    std::cout << row.dump() << '\n';
  }
}

struct Totals {
  std::size_t files = 0, bytes = 0, lines = 0, symbols = 0, references = 0, names = 0, errors = 0;
  std::size_t left_out = 0;
  double parse = 0;
  double extract = 0;

  void print() const {
    const Json row = {{"files", files},           {"bytes", bytes},
                      {"lines", lines},           {"symbols", symbols},
                      {"references", references}, {"names", names},
                      {"errors", errors},         {"left_out", left_out},
                      {"parse_seconds", parse},   {"extract_seconds", extract}};
    std::cout << row.dump() << '\n';
  }
};

void parse_only(Language language, const std::string& text, Totals& totals) {
  const double begin = cpu_seconds();
  const Tree tree = parse_text(language, text, WorkClock::now() + kPatience);
  totals.parse += cpu_seconds() - begin;
}

FileFacts extract(Language language, const std::string& text, Totals& totals) {
  const double begin = cpu_seconds();
  FileFacts facts = facts_of(language, text, {.time = kPatience});
  totals.extract += cpu_seconds() - begin;
  totals.symbols += facts.symbols.size();
  totals.references += facts.references.size();
  totals.names += facts.names.size();
  totals.errors += facts.syntax_errors;
  totals.left_out += facts.left_out != LeftOut::kNothing;
  return facts;
}

int run(std::string_view what) {
  Totals totals;
  for (std::string path; std::getline(std::cin, path);) {
    const auto language = language_of(path);
    const auto text = read_file(path, 64 * kMiB);
    if (!language || !text) continue;
    ++totals.files;
    totals.bytes += text->size();
    totals.lines += static_cast<std::size_t>(std::ranges::count(*text, '\n'));
    // The grammar that a thorough reader chooses is the one to be measured against.
    if (what == "symbols") print_symbols(path, extract(*language, *text, totals));
    if (what == "parse") parse_only(*language, *text, totals);
    if (what == "extract") extract(*language, *text, totals);
    if (what == "compare") {
      const FileFacts facts = extract(*language, *text, totals);
      parse_only(facts.language, *text, totals);
    }
  }
  if (what != "symbols") totals.print();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "symbols" || what == "parse" || what == "extract" || what == "compare") {
    return run(what);
  }
  std::cerr << "usage: bench_facts_dump symbols|parse|extract|compare <list of paths\n";
  return 2;
}

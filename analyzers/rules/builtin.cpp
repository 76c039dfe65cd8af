#include <array>
#include <iterator>
#include <ranges>

#include "analyzers/rules/rules.hpp"
#include "embedded/rules_c.hpp"
#include "embedded/rules_cpp.hpp"
#include "embedded/rules_go.hpp"
#include "embedded/rules_java.hpp"
#include "embedded/rules_javascript.hpp"
#include "embedded/rules_python.hpp"
#include "embedded/rules_rust.hpp"

namespace automod::analyzers {

namespace {

struct File {
  std::string_view name;
  std::string_view text;
};

std::vector<Rule> read_all() {
  const std::array<File, 7> files = {{{"c.toml", embedded::rules_c},
                                      {"cpp.toml", embedded::rules_cpp},
                                      {"go.toml", embedded::rules_go},
                                      {"java.toml", embedded::rules_java},
                                      {"javascript.toml", embedded::rules_javascript},
                                      {"python.toml", embedded::rules_python},
                                      {"rust.toml", embedded::rules_rust}}};
  std::vector<Rule> all;
  for (const File& file : files) {
    auto rules = parse_rules(file.text, file.name, {.compile = false});
    if (rules) std::ranges::move(*rules, std::back_inserter(all));
  }
  return all;
}

}  // namespace

const std::vector<Rule>& builtin_rules() {
  static const std::vector<Rule> all = read_all();
  return all;
}

}  // namespace automod::analyzers

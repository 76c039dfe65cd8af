#include "base/json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace automod {

using nlohmann::json;

namespace {

constexpr std::size_t kLongestName = 64;  // in a message

/// Looks at structure only, before anything is built from the text.
class Inspector final : public nlohmann::json_sax<json> {
 public:
  Inspector(std::size_t deepest, std::size_t most_values)
      : deepest_(deepest), most_values_(most_values) {}

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (names_.back().insert(name).second) return true;
    problem_ =
        fmt::format("found '{}' twice in one object", printable_line(name.substr(0, kLongestName)));
    return false;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    problem_ = fmt::format("not JSON, from byte {} on", position);
    return false;
  }

  const std::string& problem() const { return problem_; }

 private:
  bool count() {
    if (++values_ <= most_values_) return true;
    problem_ = fmt::format("more than {} values", most_values_);
    return false;
  }
  bool enter() {
    if (!count()) return false;
    names_.emplace_back();
    if (names_.size() <= deepest_) return true;
    problem_ = fmt::format("nested deeper than {} levels", deepest_);
    return false;
  }
  bool leave() {
    names_.pop_back();
    return true;
  }

  std::size_t deepest_;
  std::size_t most_values_;
  std::size_t values_ = 0;
  std::vector<std::set<std::string>> names_;  // of the objects that are open; empty for arrays
  std::string problem_;
};

}  // namespace

Result<json> parse_strictly(std::string_view text, std::size_t deepest, std::size_t most_values) {
  Inspector inspector(deepest, most_values);
  if (!json::sax_parse(text, &inspector)) return fail(ErrorKind::kUsage, inspector.problem());
  return json::parse(text);
}

std::string json_text(const json& document, int indent) {
  return printable_json(document.dump(indent, ' ', false, json::error_handler_t::replace));
}

}  // namespace automod

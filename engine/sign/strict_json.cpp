#include "engine/sign/strict_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/text.hpp"

namespace automod::sign {

using nlohmann::json;

namespace {

constexpr std::size_t kDeepest = 16;

/// Looks at structure only, before anything is built from the text.
class Inspector final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (names_.back().insert(name).second) return true;
    problem_ = fmt::format("found '{}' twice in one object", printable_line(name.substr(0, 64)));
    return false;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    problem_ = fmt::format("not JSON, from byte {} on", position);
    return false;
  }

  const std::string& problem() const { return problem_; }

 private:
  bool enter() {
    names_.emplace_back();
    if (names_.size() <= kDeepest) return true;
    problem_ = fmt::format("nested deeper than {} levels", kDeepest);
    return false;
  }
  bool leave() {
    names_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> names_;  // of the objects that are open; empty for arrays
  std::string problem_;
};

}  // namespace

Result<json> parse_strict_object(std::string_view text) {
  Inspector inspector;
  if (!json::sax_parse(text, &inspector)) return fail(ErrorKind::kRefused, inspector.problem());
  json value = json::parse(text, nullptr, false);
  if (!value.is_object()) return fail(ErrorKind::kRefused, "found no JSON object");
  return value;
}

Result<void> check_members(const json& object, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(names, name) == names.end()) {
      return fail(ErrorKind::kRefused,
                  fmt::format("found unknown member '{}'", printable_line(name.substr(0, 64))));
    }
  }
  for (const std::string_view name : names) {
    if (!object.contains(name)) {
      return fail(ErrorKind::kRefused, fmt::format("member '{}' is missing", name));
    }
  }
  return {};
}

const std::string* text_member(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace automod::sign

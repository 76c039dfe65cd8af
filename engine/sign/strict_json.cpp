#include "engine/sign/strict_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

namespace automod::sign {

using nlohmann::json;

Result<json> parse_strict_object(std::string_view text) {
  constexpr std::size_t kDeepest = 16;
  auto value = parse_strictly(text, kDeepest);
  if (!value) return fail(ErrorKind::kRefused, std::move(value.error().message));
  if (!value->is_object()) return fail(ErrorKind::kRefused, "found no JSON object");
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

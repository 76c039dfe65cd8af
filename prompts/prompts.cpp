#include "prompts/prompts.hpp"

#include "base/digest.hpp"
#include "embedded/prompt_edit_format.hpp"
#include "embedded/prompt_fix_finding.hpp"
#include "embedded/prompt_preamble.hpp"

namespace automod::prompts {

namespace {

std::string fill(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find("{{");
    const std::size_t close = text.find("}}", open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    out += text.substr(0, open);
    const auto value = values.find(std::string(text.substr(open + 2, close - open - 2)));
    if (value != values.end()) out += value->second;
    text.remove_prefix(close + 2);
  }
  return out.append(text);
}

}  // namespace

std::string fix_finding(const std::map<std::string, std::string>& values) {
  return std::string(embedded::prompt_preamble) + std::string(embedded::prompt_edit_format) +
         fill(embedded::prompt_fix_finding, values);
}

std::string templates_digest() {
  return sha256(std::string(embedded::prompt_preamble) + std::string(embedded::prompt_edit_format) +
                std::string(embedded::prompt_fix_finding));
}

}  // namespace automod::prompts

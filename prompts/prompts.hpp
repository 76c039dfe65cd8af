#pragma once

#include <map>
#include <string>
#include <string_view>

/// The texts that are sent to language models, from the files beside this one.
namespace automod::prompts {

/// `preamble`, the edit format and the task, in that order, so that what never changes comes
/// first. Every `{{name}}` of the task is replaced by its value; values are not looked into.
std::string fix_finding(const std::map<std::string, std::string>& values);

/// SHA-256 over all templates: what a prompt was made from, whatever its values.
std::string templates_digest();

}  // namespace automod::prompts

#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What the texts of config.toml must look like. None of them repeats the text: somebody may have
/// put a key there.
namespace automod::model {

/// What the user calls a model.
std::optional<std::string> model_name_rule(std::string_view text);
/// What its provider calls it.
std::optional<std::string> provider_model_rule(std::string_view text);
/// http or https, without user, query and fragment.
std::optional<std::string> url_rule(std::string_view text);
std::optional<std::string> proxy_rule(std::string_view text);
std::optional<std::string> variable_rule(std::string_view text);
std::optional<std::string> path_rule(std::string_view text);
std::optional<std::string> word_rule(std::string_view text);
/// A header that is neither ours to write nor a place for keys.
std::optional<std::string> header_name_rule(std::string_view text);
std::optional<std::string> header_value_rule(std::string_view text);

// Of addresses that keep to url_rule().

bool is_http(std::string_view url);
/// Does it name this machine?
bool is_here(std::string_view url);
/// Would a key sent to it without a proxy be readable on the way?
bool is_in_clear(std::string_view url);

}  // namespace automod::model

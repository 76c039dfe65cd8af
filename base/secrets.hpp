#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace automod {

/// The kind of secret that a line seems to hold, in words that never change: "GitHub token". A key
/// that is known by its form, and `with_made_up` also what looks like a password or a token given
/// to something of such a name, as tests have them that protect nothing.
std::optional<std::string_view> secret_in(std::string_view line, bool with_made_up);

struct SecretLine {
  std::size_t line = 0;  // from 1
  std::string_view kind;
};

/// All lines of a text that seem to hold one, those of a whole private key and of settings without
/// quotes included, by line.
std::vector<SecretLine> secret_lines(std::string_view text);

/// What is shown in place of such a line.
std::string left_out(std::string_view kind);

}  // namespace automod

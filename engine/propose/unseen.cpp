#include "engine/propose/unseen.hpp"

#include "base/secrets.hpp"
#include "engine/propose/file_lines.hpp"

namespace automod::propose {

void withhold_secrets(std::string_view text, Withheld& into) {
  const std::vector<SecretLine> secrets = secret_lines(text);
  if (secrets.empty()) return;
  const std::vector<Line> lines = lines_of(text);
  for (const SecretLine& secret : secrets) into.insert(lines.at(secret.line - 1).text);
}

}  // namespace automod::propose

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/sign/settings.hpp"

namespace automod::sign {

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

/// The next field of output that ends every field with a zero byte.
std::string_view take_field(std::string_view& text) {
  const std::string_view field = text.substr(0, text.find('\0'));
  text.remove_prefix(std::min(field.size() + 1, text.size()));
  return field;
}

/// Of the user and of the system; what stands later in a file or in a nearer one counts.
Values trusted_values(std::string_view output) {
  Values values;
  while (!output.empty()) {
    const std::string_view scope = take_field(output);
    const std::string_view entry = take_field(output);
    if (scope != "global" && scope != "system") continue;
    const std::size_t end = std::min(entry.find('\n'), entry.size());
    // A key without '=' means true.
    values[std::string(entry.substr(0, end))] =
        end == entry.size() ? "true" : std::string(entry.substr(end + 1));
  }
  return values;
}

std::string value_of(const Values& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? std::string() : found->second;
}

/// "~/x" as a path below HOME, as git reads it.
std::string at_home(std::string value) {
  const char* home = std::getenv("HOME");
  if (home != nullptr && value.starts_with("~/")) value.replace(0, 1, home);
  return value;
}

bool is_true(std::string_view value) {
  return value == "true" || value == "yes" || value == "on" || value == "1";
}

std::string program_of(const Values& values, std::string_view format) {
  std::string program = value_of(values, fmt::format("gpg.{}.program", format));
  if (program.empty() && format == "openpgp") program = value_of(values, "gpg.program");
  if (program.empty()) program = format == "ssh" ? "ssh-keygen" : "gpg";
  return at_home(std::move(program));
}

}  // namespace

Result<GitSetup> read_git_setup(const std::filesystem::path& directory, const CancelToken& cancel) {
  // All scopes are read, as git decides there which files it includes; what the repository says
  // itself, or the environment, is left out by its scope.
  const auto ran = run_program(
      {.argv = {"git", "config", "-z", "--show-scope", "--get-regexp", "^(user|gpg|commit)\\."},
       .input = {},
       .directory = directory},
      cancel);
  if (!ran) return fail(ran.error());
  if (ran->exit_code != 0 && ran->exit_code != 1) {  // 1: nothing is set
    return fail(ErrorKind::kUnavailable, fmt::format("git config ended with {}: {}", ran->exit_code,
                                                     printable_line(tail(ran->err, 300))));
  }
  const Values values = trusted_values(ran->out);
  GitSetup setup;
  if (const std::string format = value_of(values, "gpg.format"); !format.empty()) {
    setup.format = format;
  }
  setup.key = at_home(value_of(values, "user.signingkey"));
  setup.program = program_of(values, setup.format);
  setup.email = value_of(values, "user.email");
  const std::string person = value_of(values, "user.name");
  if (!person.empty() && !setup.email.empty()) {
    setup.user = fmt::format("{} <{}>", person, setup.email);
  }
  setup.allowed_signers = at_home(value_of(values, "gpg.ssh.allowedsignersfile"));
  setup.signs_commits = is_true(value_of(values, "commit.gpgsign"));
  return setup;
}

}  // namespace automod::sign

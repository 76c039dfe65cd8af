#pragma once

#include <string>
#include <string_view>

namespace automod::testing {

/// Compares `actual` with tests/fixtures/golden/cli/<name>. With AUTOMOD_ACCEPT_GOLDEN=1 in the
/// environment the file is written instead, and the test fails so that nobody overlooks it.
void check_golden(std::string_view name, const std::string& actual);

/// Runs a shell command; its exit code. What it prints goes to `output` where that is given.
int shell(const std::string& command, std::string* output = nullptr);

/// Whether a program can be found.
bool has_program(const std::string& name);

}  // namespace automod::testing

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"

/// The parts of an explanation that come from evidence alone. Each is a heading with indented
/// lines below it, or empty where there is nothing to say. All text of the target is escaped, and
/// every list is bounded.
namespace automod::judge {

/// Commands with their times, tests, what was left out and why, where it ran.
std::string what_was_run(const Evidence& evidence);

/// The same without what differs from run to run and from machine to machine, and without output.
std::string what_ended_how(const Evidence& evidence);

/// Who else was asked, what he says, and why.
std::string what_others_say(const Evidence& evidence);

/// Figures, held-out inputs, sanitizers, coverage, diagnostics.
std::string what_was_measured(const Evidence& evidence);

/// Files, and the facts that reading them showed; without those whose lines are in `said`.
std::string what_reading_shows(const Evidence& evidence, const std::vector<std::string>& said);

/// "src/a.cpp:12" or "src/a.cpp:12-15".
std::string place(std::string_view path, std::size_t line, std::size_t last_line);

/// Lines with a bullet, `most` of them and how many more there are.
std::string bullets(const std::vector<std::string>& lines, std::size_t indent, std::size_t most);

}  // namespace automod::judge

#pragma once

#include <array>
#include <filesystem>
#include <istream>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"
#include "engine/engine.hpp"

namespace automod::cli {

// Exit codes of the program (docs/manual.md). Those of errors come from base/error.hpp.
inline constexpr int kDone = 0;
inline constexpr int kRejected = 1;
inline constexpr int kUnavailable = 3;
inline constexpr int kNeedsApproval = 4;
inline constexpr int kInternal = 70;

int exit_code(Decision decision);

/// The one that tells more of two exit codes, for commands that treat several ids. From best to
/// worst: 0, 4, 1, 5, 2, 3, 70, 130.
int worse(int a, int b);

/// What the program is connected to. Everything is borrowed.
struct World {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  const CancelToken& cancel;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool color_allowed = true;  // neither NO_COLOR nor a dumb terminal
  bool dumb_terminal = false;
  std::size_t width = 80;  // of the terminal
};

/// What a command works with.
class Context {
 public:
  Context(const World& world, const Arguments& arguments);

  /// For results. Takes the progress line away first.
  std::ostream& out();
  std::istream& in() { return world_.in; }
  /// For what stands on stderr although it is no remark. Takes the progress line away, too.
  std::ostream& err();
  /// A remark on stderr; nothing with --quiet.
  void remark(std::string_view text);
  /// A failure that stands beside a result: on stderr, even with --quiet.
  void warn(std::string_view text);
  /// A result as the one JSON document on stdout.
  void print(const nlohmann::json& document);

  /// What a command in the sandbox writes: as it is where no terminal shows it. On a terminal it
  /// is escaped, line by line; `last` shows a line that has no end.
  void pass_on(bool is_err, std::string_view bytes, bool last = false);
  Observer& observer() { return progress_; }

  bool json() const { return json_; }
  bool quiet() const { return quiet_; }
  const Paint& paint() const { return paint_; }
  /// For prose: never wider than is good to read.
  std::size_t text_width() const;
  /// For tables: 0 (do not clip) unless stdout is a terminal.
  std::size_t table_width() const;

  const std::filesystem::path& directory() const { return directory_; }
  /// A path that the user wrote, which -C moved.
  std::filesystem::path path(std::string_view given) const { return directory_ / given; }
  /// The line that a user can type to run automod here: "automod -C dir try 0199".
  std::string command_line(std::string_view rest) const;
  /// What --book names, which need not be there; empty without --book. kUsage for a file.
  Result<std::filesystem::path> book(const Arguments& arguments) const;
  /// A patch: the file, or standard input for "-". Bounded.
  Result<std::string> read_patch(std::string_view given) const;

  /// For what works on a target without an Engine.
  EngineWorld engine_world();
  Result<Engine> open_engine();
  Result<Engine> open_engine(const std::filesystem::path& directory);
  /// One that asks the model which --review names for a second opinion; "none" is nobody.
  Result<Engine> open_reviewed_engine(const Arguments& arguments);
  const CancelToken& cancel() const { return world_.cancel; }
  const Clock& clock() const { return world_.clock; }

 private:
  const World& world_;
  std::filesystem::path directory_;
  bool json_;
  std::array<std::string, 2> held_;  // of stdout and stderr: lines without an end yet
  bool quiet_;
  unsigned jobs_;
  unsigned parallel_;
  Paint paint_;
  Progress progress_;
};

}  // namespace automod::cli

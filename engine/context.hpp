#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codebase.hpp"
#include "engine/engine.hpp"
#include "prompts/prompts.hpp"

/// What a model is told of a target: what matters for one task, within so many tokens. Nothing is
/// run; no path outside of the target, no variable and no key is ever part of it.
namespace automod {

// In JSON by name.
enum class PartKind {
  kFocus,  // what is to be changed: a function with its file's imports, or a whole file
  kCaller,
  kCallee,
  kType,  // that the focus uses or belongs to
  kTest,  // that reaches it
  kConventions,
  kMap,       // of the rest
  kFigures,   // of a profile or of benchmarks
  kEvidence,  // of earlier attempts, of a failing test
};
std::string_view name(PartKind kind);

struct ContextPart {
  PartKind kind = PartKind::kFocus;
  std::string path;      // empty where it is of no one file
  std::size_t line = 0;  // first and last of `text` in the file; 0: none
  std::size_t last_line = 0;
  std::string symbol;
  std::string why;   // "calls parse_row in two loops"
  std::string text;  // as it stands in the file
  std::size_t tokens = 0;
};

struct ContextTask {
  /// What is meant: a path, a symbol, path:symbol or path:line each, as on the command line.
  std::vector<std::string> focus;
  std::string words;              // the request; names in it that the code has are focus, too
  std::vector<ContextPart> more;  // figures and evidence that the caller has
  std::size_t tokens = 32000;     // for all parts together
};

struct PromptContext {
  std::vector<ContextPart> parts;  // in the order in which they are shown
  std::size_t tokens = 0;
  std::size_t left_out = 0;  // parts that there was no room for
  std::vector<std::string> notes;
};

/// A target's code, read once for any number of tasks.
class ContextMaker {
 public:
  struct Impl;  // engine/context.cpp
  static Result<ContextMaker> open(const std::filesystem::path& directory, const Target& target,
                                   const EngineWorld& world);
  ContextMaker(ContextMaker&&) noexcept;
  ~ContextMaker();

  /// Deterministic. kUsage, with what comes nearest, for a focus that is nothing; parts that do not
  /// fit are left out by rank, a focus that does not fit is cut around what is meant, which is
  /// said.
  Result<PromptContext> make(const ContextTask& task) const;

 private:
  explicit ContextMaker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// As they go into a prompt.
std::vector<prompts::Section> sections_of(const PromptContext& context);

}  // namespace automod

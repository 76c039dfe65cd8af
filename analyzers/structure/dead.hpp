#pragma once

#include <functional>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/structure/file_kind.hpp"
#include "base/cancel.hpp"

/// Functions that nobody uses.
namespace automod::analyzers {

struct DeadFunction {
  SymbolAt at;
  bool is_certain = false;  // nothing outside of what was searched can use it by its name
};

/// Hands over, one by one, texts in no language of the index that may name functions: build files,
/// markup, configuration.
using OtherTexts = std::function<Result<void>(const std::function<void(std::string_view)>& take)>;

/// Definitions whose name stands nowhere but where they are defined and declared: in no code, no
/// macro, no string, no other text; comments do not count, nor is one dead whose beginning up to
/// an underscore stands there by itself ("handle_"). Left out is whatever may be called
/// without being named by this project: entry points, tests, operators, overrides, what is
/// exported, decorated or has an attribute, members of classes with bases, and names that more than
/// a hundred symbols share. By place. kInterrupted: the token was raised.
Result<std::vector<DeadFunction>> find_dead_functions(const Codebase& code, const ReadText& read,
                                                      const OtherTexts& others,
                                                      const CancelToken& cancel);

}  // namespace automod::analyzers

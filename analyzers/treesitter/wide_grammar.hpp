#pragma once

#include <tree_sitter/api.h>

#include <memory>

namespace automod::analyzers {

struct FreeGrammar {
  void operator()(const TSLanguage* grammar) const;
};

/// The same grammar with its whole parse table spread out: what to do next is one look-up, no
/// search. Takes megabytes and milliseconds to make, which much text pays back by a tenth of the
/// time of parsing. Null when there is no memory for it. No tree that it made may outlive it.
std::unique_ptr<const TSLanguage, FreeGrammar> widened(const TSLanguage* grammar);

}  // namespace automod::analyzers

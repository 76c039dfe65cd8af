#pragma once

#include <tree_sitter/api.h>

namespace automod::analyzers {

/// The same grammar with its whole parse table spread out, for ever: what to do next is one
/// look-up, no search. Takes megabytes and milliseconds to make, which much text pays back by a
/// tenth of the time of parsing. Null when there is no memory for it.
const TSLanguage* widened(const TSLanguage* grammar);

}  // namespace automod::analyzers

#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a request in plain words may mean by code.
namespace automod::context {

struct Mention {
  std::string text;              // "Index::add", "src/rank.cpp", "src/rank.cpp:12"
  bool looks_like_code = false;  // in backquotes, before a "(", or written as no plain word is
};

/// Each once, in their order; of a long text the first hundred.
std::vector<Mention> mentions_in(std::string_view words);

}  // namespace automod::context

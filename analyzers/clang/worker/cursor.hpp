#pragma once

#include <clang-c/Index.h>

#include <cstdint>
#include <string>
#include <vector>

#include "analyzers/clang/ast_format.hpp"

/// Questions to libclang, in our words.
namespace automod::worker {

namespace ast = analyzers::ast;

std::string taken(CXString text);

/// "(unnamed struct at /tree/a.h:3:1)" without its place, which changes with every line above it.
std::string without_places(std::string text);
std::string written_type(CXType type);
/// With every alias resolved, and template parameters by their place.
std::string exact_type(CXType type);

struct Spot {
  CXFile file = nullptr;
  unsigned line = 0;
  unsigned column = 0;
};
Spot spot_of(CXCursor cursor);

/// The tokens of what the cursor covers, without comments.
std::vector<std::string> tokens_of(CXCursor cursor);
std::string joined(const std::vector<std::string>& tokens, std::size_t from);
/// Index behind the first `=` outside of brackets; the number of tokens where there is none.
std::size_t behind_equals(const std::vector<std::string>& tokens);

/// One that no kind of ours covers: nothing is to be said of it.
bool kind_of(CXCursor cursor, ast::Kind& kind);
bool is_record(CXCursorKind kind);
std::uint64_t flags_of(CXCursor cursor);
bool throws_nothing(CXCursor function);
ast::Access access_of(CXCursor cursor);

template <class Visit>
void each_child(CXCursor cursor, Visit visit) {
  clang_visitChildren(
      cursor,
      [](CXCursor child, CXCursor, CXClientData data) {
        (*static_cast<Visit*>(data))(child);
        return CXChildVisit_Continue;
      },
      &visit);
}

}  // namespace automod::worker

#include "analyzers/clang/worker/smells.hpp"

#include <algorithm>
#include <array>

namespace automod::worker {

namespace {

bool is_counted_up(const BodyTree& body, NodeId step) {
  if (body[step].kind == CXCursor_CallExpr) return body.name(step) == "operator++";
  if (body[step].kind != CXCursor_UnaryOperator) return false;
  const auto kind = clang_getCursorUnaryOperatorKind(body[step].cursor);
  return kind == CXUnaryOperator_PostInc || kind == CXUnaryOperator_PreInc;
}

/// "i < n" and "it != all.end()": the two sides.
std::optional<std::pair<NodeId, NodeId>> comparison(const BodyTree& body, NodeId condition) {
  const auto sides = body.children(condition);
  if (sides.size() != 2) return std::nullopt;
  bool fits = false;
  if (body[condition].kind == CXCursor_BinaryOperator) {
    const auto kind = clang_getCursorBinaryOperatorKind(body[condition].cursor);
    fits =
        kind == CXBinaryOperator_LT || kind == CXBinaryOperator_LE || kind == CXBinaryOperator_NE;
  } else if (body[condition].kind == CXCursor_CallExpr) {
    fits = body.name(condition) == "operator!=" || body.name(condition) == "operator==";
  }
  if (!fits) return std::nullopt;
  return std::pair(sides[0], sides[1]);
}

struct CountedLoop {
  NodeId counter = 0;
  NodeId bound = 0;
};

std::optional<CountedLoop> counted(const BodyTree& body, NodeId loop) {
  const auto parts = body.children(loop);
  if (body[loop].kind != CXCursor_ForStmt || parts.size() != 4) return std::nullopt;
  NodeId condition = parts[1];
  if (body[condition].kind == CXCursor_UnaryOperator) condition = body.children(condition).front();
  const auto sides = comparison(body, condition);
  if (!sides || body.path(sides->first).empty() || !is_counted_up(body, parts[2])) {
    return std::nullopt;
  }
  return CountedLoop{sides->first, sides->second};
}

/// A range of a type whose size is known without walking through it.
bool is_sized(std::string_view type) {
  return is_std(type, {"vector", "deque", "list", "map", "set", "unordered_map", "unordered_set",
                       "multimap", "multiset", "basic_string", "basic_string_view", "span"});
}

NodeId range_of(const BodyTree& body, NodeId loop) {
  const auto parts = body.children(loop);
  return parts.size() == 3 ? parts[1] : 0;
}

void note_virtual_calls(const BodyTree& body, SmellWriter& found) {
  for (NodeId id = 1; id < body.size(); ++id) {
    if (body[id].kind != CXCursor_CallExpr || body[id].loop == 0) continue;
    if (clang_Cursor_isDynamicCall(body[id].cursor) == 0) continue;
    found.add(ast::Smell::kVirtualCall, id,
              {.subject = taken(clang_getCursorUSR(body.target(id)))});
  }
}

}  // namespace

bool is_sized_by_data(const BodyTree& body, NodeId loop) {
  if (body[loop].kind == CXCursor_CXXForRangeStmt) {
    const NodeId range = range_of(body, loop);
    return range != 0 && is_sized(body.type(range));
  }
  const auto found = counted(body, loop);
  if (!found) return false;
  const CXCursorKind kind = body[found->bound].kind;
  return kind == CXCursor_CallExpr || kind == CXCursor_MemberRefExpr ||
         (kind == CXCursor_DeclRefExpr &&
          clang_isConstQualifiedType(clang_getCursorType(body.target(found->bound))) == 0);
}

std::optional<std::string> bound_of(const BodyTree& body, NodeId loop) {
  const NodeId inside = body.loop_body(loop);
  const NodeId end = body[inside].end;
  if (body[loop].kind == CXCursor_CXXForRangeStmt) {
    const NodeId range = range_of(body, loop);
    if (range == 0 || body.path(range).empty() || !is_sized(body.type(range))) return std::nullopt;
    return body.text(range) + ".size()";
  }
  const auto found = counted(body, loop);
  if (!found || !is_sized_by_data(body, loop)) return std::nullopt;
  const std::string& counter = body.path(found->counter);
  const bool is_call = body[found->bound].kind == CXCursor_CallExpr;
  const std::string bound = is_call ? body.object_path(found->bound) : body.path(found->bound);
  if (is_call && !body.is_call(found->bound, {"size", "end", "cend"})) return std::nullopt;
  if (!body.is_of_function(bound) || body.may_change(counter, inside, end) ||
      body.may_change(bound, inside, end)) {
    return std::nullopt;
  }
  return body.text(found->bound);
}

bool is_from_outside(const BodyTree& body, std::string_view path, NodeId loop) {
  return body.is_of_function(path) && !body.contains(loop, body.declaration(path));
}

bool SmellWriter::is_of_project(CXCursor cursor) const {
  return file_number_(spot_of(cursor).file).has_value();
}

void SmellWriter::add(ast::Smell smell, NodeId at, const SmellTexts& texts) {
  const CXSourceLocation location = clang_getRangeStart(clang_getCursorExtent(body_[at].cursor));
  Spot spot;
  unsigned offset = 0;
  unsigned written = 0;
  clang_getExpansionLocation(location, &spot.file, &spot.line, &spot.column, &offset);
  clang_getSpellingLocation(location, nullptr, nullptr, nullptr, &written);
  const auto file = file_number_(spot.file);
  if (!file || written != offset) return;
  writer_.record('m', {static_cast<std::uint64_t>(smell), function_, writer_.text(texts.subject),
                       writer_.text(texts.detail), writer_.text(texts.other), *file, spot.line,
                       spot.column, offset, body_[at].depth});
}

void find_smells(CXCursor definition, std::uint64_t function, const FileNumber& file_number,
                 Writer& writer) {
  const BodyTree body(definition);
  SmellWriter found(body, function, file_number, writer);
  for (const auto& find : {find_growth, find_lookups, find_searches, find_copies, find_results,
                           find_captures, find_locks, note_virtual_calls}) {
    find(body, found);
  }
}

std::optional<ast::Smell> smell_of_warning(std::string_view option) {
  if (option == "-Wreturn-stack-address") return ast::Smell::kDeadAddress;
  if (option.starts_with("-Wdangling")) return ast::Smell::kDangling;
  return std::nullopt;
}

}  // namespace automod::worker

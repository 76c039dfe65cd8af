#include <algorithm>

#include "analyzers/clang/worker/smells.hpp"

// Containers that grow, shrink or are made more often than they need be.
namespace automod::worker {

namespace {

bool leaves_loop(const BodyTree& body, NodeId loop) {
  for (NodeId id = loop; id < body[loop].end; ++id) {
    const CXCursorKind kind = body[id].kind;
    if (kind == CXCursor_GotoStmt) return true;
    if (body[id].loop != loop) continue;
    if (kind == CXCursor_BreakStmt || kind == CXCursor_ContinueStmt) return true;
  }
  return false;
}

/// Made empty: without an initialiser, or with one that holds nothing.
bool begins_empty(const BodyTree& body, NodeId variable) {
  for (const NodeId part : body.children(variable)) {
    if (!body.children(part).empty() || clang_isExpression(body[part].kind) == 0) return false;
  }
  return clang_Cursor_getStorageClass(body[variable].cursor) != CX_SC_Static;
}

/// clang-tidy reports it where the loop does nothing else and stands beside the declaration.
bool is_seen_by_tidy(const BodyTree& body, NodeId call, NodeId loop, NodeId variable) {
  const NodeId block = body[call].parent;
  const bool is_alone = block == loop || body.children(block).size() == 1;
  return is_alone && body[loop].parent == body[body[variable].parent].parent;
}

void find_missing_reserve(const BodyTree& body, NodeId call, SmellWriter& found) {
  const NodeId loop = body[call].loop;
  const NodeId vector = body.object(call);
  if (loop == 0 || vector == 0 || body[vector].kind != CXCursor_DeclRefExpr) return;
  const bool is_in_each_round =
      body[call].parent == body.loop_body(loop) || body[call].parent == loop;
  const std::string& path = body.path(vector);
  const NodeId variable = body.declaration(path);
  if (!is_in_each_round || variable == 0 || !is_std(body.type(vector), {"vector"})) return;
  if (body[variable].kind != CXCursor_VarDecl || body[variable].loop != body[loop].loop ||
      body[variable].lambda != body[loop].lambda || !begins_empty(body, variable)) {
    return;
  }
  if (is_reference(clang_getCursorType(body[variable].cursor)) || leaves_loop(body, loop) ||
      body.is_mentioned(path, body[variable].end, loop) ||
      is_seen_by_tidy(body, call, loop, variable)) {
    return;
  }
  if (const auto bound = bound_of(body, loop)) {
    found.add(ast::Smell::kGrowth, call, {.subject = body.text(vector), .detail = *bound});
  }
}

/// Does the block around it, up to the loop, end by leaving the loop?
bool happens_once(const BodyTree& body, NodeId id, NodeId loop) {
  for (; id != loop && id != 0; id = body[id].parent) {
    if (body[id].kind == CXCursor_ReturnStmt) return true;
    if (body[id].kind != CXCursor_CompoundStmt) continue;
    const auto statements = body.children(id);
    if (statements.empty()) continue;
    const CXCursorKind last = body[statements.back()].kind;
    if (last == CXCursor_BreakStmt || last == CXCursor_ReturnStmt || last == CXCursor_GotoStmt) {
      return true;
    }
  }
  return false;
}

/// while (all.size() > most): takes away what is too much, mostly one.
bool is_trimming(const BodyTree& body, NodeId loop, std::string_view path) {
  if (body[loop].kind != CXCursor_WhileStmt) return false;
  const NodeId condition = body.children(loop).front();
  for (NodeId id = condition; id < body[condition].end; ++id) {
    if (body.is_call(id, {"size", "length"}) && body.object_path(id) == path) {
      return body.text(condition).find("> 0") == std::string::npos;
    }
  }
  return false;
}

/// One that ends with the elements it goes through, other than a loop that waits for events.
bool goes_through_elements(const BodyTree& body, NodeId loop, std::string_view path) {
  if (is_sized_by_data(body, loop)) return true;
  const NodeId inside = body.loop_body(loop);
  return body.is_mentioned(path, loop, inside) ||
         body.is_mentioned(path, body[inside].end, body[loop].end);
}

bool is_begin_of(const BodyTree& body, NodeId iterator, std::string_view path) {
  while (body.is_construction(iterator) && body.children(iterator).size() == 1) {
    iterator = body.children(iterator).front();  // iterator to const_iterator
  }
  return body.is_call(iterator, {"begin", "cbegin"}) && body.object_path(iterator) == path;
}

bool names_end(const BodyTree& body, NodeId iterator) {
  for (NodeId id = iterator; id < body[iterator].end; ++id) {
    if (body.is_call(id, {"end", "cend", "rbegin", "remove", "remove_if", "unique"})) return true;
  }
  return false;
}

void find_shift(const BodyTree& body, NodeId call, SmellWriter& found) {
  const NodeId loop = body[call].loop;
  const NodeId container = body.object(call);
  if (loop == 0 || container == 0) return;
  const std::string& path = body.path(container);
  const std::string type = body.type(container);
  const auto given = body.arguments(call);
  if (given.empty() || !is_from_outside(body, path, loop) || happens_once(body, call, loop) ||
      is_trimming(body, loop, path) || !goes_through_elements(body, loop, path)) {
    return;
  }
  const bool at_begin = is_begin_of(body, given[0], path);
  if (body.is_call(call, {"insert", "emplace"})) {
    if (at_begin && given.size() == 2 && is_std(type, {"vector"})) {
      found.add(ast::Smell::kFrontInsert, call, {.subject = body.text(container)});
    }
    return;
  }
  const bool is_iterator = body.type(given[0]).find("iterator") != std::string::npos;
  const bool shifts =
      is_std(type, {"vector", "basic_string"}) || (is_std(type, {"deque"}) && !at_begin);
  if (given.size() == 1 && is_iterator && shifts && !names_end(body, given[0])) {
    found.add(ast::Smell::kEraseInLoop, call, {.subject = body.text(container)});
  }
}

bool adds_to_itself(const BodyTree& body, NodeId sum, std::string_view path) {
  if (!body.is_call(sum, {"operator+"})) return false;
  return std::ranges::any_of(body.children(sum), [&](NodeId part) {
    return body.path(part) == path || adds_to_itself(body, part, path);
  });
}

/// clang-tidy sees it of locals.
void find_rebuilt_string(const BodyTree& body, NodeId assignment, SmellWriter& found) {
  const auto sides = body.children(assignment);
  if (sides.size() != 2 || body[sides[0]].kind != CXCursor_MemberRefExpr) return;
  const std::string& path = body.path(sides[0]);
  const NodeId loop = body[assignment].loop;
  if (loop != 0 && is_from_outside(body, path, loop) &&
      is_std(body.type(sides[0]), {"basic_string"}) && adds_to_itself(body, sides[1], path)) {
    found.add(ast::Smell::kStringRebuilt, assignment, {.subject = body.text(sides[0])});
  }
}

/// Is it only filled and read, so that the same one could serve all rounds?
bool stays_at_home(const BodyTree& body, NodeId mention, bool& grows) {
  const NodeId parent = body[mention].parent;
  const Node& around = body[parent];
  if (body[mention].lambda != around.lambda) return false;
  if (around.kind == CXCursor_MemberRefExpr) {
    const NodeId call = around.parent;
    if (!body.is_call(call, {"push_back", "emplace_back", "append", "insert", "resize", "reserve",
                             "size", "empty", "begin", "end", "front", "back", "clear"})) {
      return false;
    }
    grows = grows || body.is_call(call, {"push_back", "emplace_back", "append", "insert"});
    return body[call].kind == CXCursor_CallExpr;
  }
  if (around.kind == CXCursor_CXXForRangeStmt) return true;
  if (body.is_call(parent, {"operator[]"})) return true;
  if (body.is_call(parent, {"operator+="})) {
    grows = true;
    return true;
  }
  if (around.kind != CXCursor_CallExpr || body.is_construction(parent)) return false;
  const auto given = body.arguments(parent);
  const auto place = std::ranges::find(given, mention);
  return place != given.end() &&
         is_reference_to_const(
             parameter_type(body.target(parent), static_cast<unsigned>(place - given.begin()))) &&
         !body.is_call(parent, {"push_back", "insert", "push", "operator="}) &&
         clang_getCursorResultType(body.target(parent)).kind != CXType_LValueReference;
}

void find_inner_buffer(const BodyTree& body, NodeId variable, SmellWriter& found) {
  if (body[variable].depth < 2 || body[body[variable].parent].kind != CXCursor_DeclStmt ||
      !is_std(body.type(variable), {"vector", "basic_string"}) || !begins_empty(body, variable) ||
      is_reference(clang_getCursorType(body[variable].cursor))) {
    return;
  }
  bool grows = false;
  for (NodeId id = body[variable].end; id < body.size(); ++id) {
    if (body[id].kind != CXCursor_DeclRefExpr || body.declaration(body.path(id)) != variable)
      continue;
    if (body[id].lambda != body[variable].lambda || !stays_at_home(body, id, grows)) return;
  }
  if (grows) found.add(ast::Smell::kInnerBuffer, variable, {.subject = body.name(variable)});
}

/// Of a pattern that stays the same. A constant one in a loop is seen by a rule as data.
void find_regex(const BodyTree& body, NodeId variable, SmellWriter& found) {
  const bool is_const = clang_isConstQualifiedType(clang_getCursorType(body[variable].cursor)) != 0;
  if (body[variable].lambda != 0 || (body[variable].depth > 0 && is_const) ||
      !is_std(body.type(variable), {"basic_regex"}) ||
      clang_Cursor_getStorageClass(body[variable].cursor) == CX_SC_Static) {
    return;
  }
  for (const NodeId made : body.children(variable)) {
    const auto given = body.children(made);
    if (body.is_construction(made) && !given.empty() &&
        body[given[0]].kind == CXCursor_StringLiteral) {
      found.add(ast::Smell::kRegexMade, variable, {.subject = body.name(variable)});
    }
  }
}

}  // namespace

void find_growth(const BodyTree& body, SmellWriter& found) {
  for (NodeId id = 1; id < body.size(); ++id) {
    if (body[id].kind == CXCursor_VarDecl) {
      find_inner_buffer(body, id, found);
      find_regex(body, id, found);
    }
    if (body.is_call(id, {"push_back", "emplace_back"})) find_missing_reserve(body, id, found);
    if (body.is_call(id, {"erase", "insert", "emplace"})) find_shift(body, id, found);
    if (body.is_call(id, {"operator="})) find_rebuilt_string(body, id, found);
  }
}

}  // namespace automod::worker

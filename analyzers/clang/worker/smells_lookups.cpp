#include <algorithm>
#include <array>
#include <deque>

#include "analyzers/clang/worker/smells.hpp"

// What is searched for twice, or from one end to the other in each round.
namespace automod::worker {

namespace {

constexpr std::size_t kRemembered = 64;  // look-ups, of which one may be the same again

struct Lookup {
  NodeId call = 0;
  NodeId key = 0;
  std::string map;   // path
  std::string text;  // of the key
};

bool is_keyed(std::string_view type) {
  return is_std(type, {"map", "unordered_map", "set", "unordered_set"});
}

std::optional<Lookup> lookup(const BodyTree& body, NodeId call) {
  if (!body.is_call(call, {"find", "count", "contains", "at", "operator[]"})) return std::nullopt;
  const NodeId map = body.object(call);
  const auto given = body.arguments(call);
  if (map == 0 || given.size() != 1 || !is_keyed(body.type(map))) return std::nullopt;
  if (!body.is_of_function(body.path(map))) return std::nullopt;
  return Lookup{call, given[0], body.path(map), body.text(given[0])};
}

/// Made of variables, members and literals alone.
bool is_plain(const BodyTree& body, NodeId key) {
  static constexpr std::array kPlain = {CXCursor_MemberRefExpr,    CXCursor_CXXThisExpr,
                                        CXCursor_IntegerLiteral,   CXCursor_StringLiteral,
                                        CXCursor_CharacterLiteral, CXCursor_UnaryOperator,
                                        CXCursor_CallExpr,         CXCursor_DeclRefExpr};
  for (NodeId id = key; id < body[key].end; ++id) {
    if (std::ranges::find(kPlain, body[id].kind) == kPlain.end()) return false;
    if (body[id].kind == CXCursor_CallExpr && !body.is_construction(id)) return false;
    if (body[id].kind != CXCursor_UnaryOperator) continue;
    if (clang_getCursorUnaryOperatorKind(body[id].cursor) != CXUnaryOperator_Deref) return false;
  }
  return true;
}

bool may_change_within(const BodyTree& body, NodeId key, NodeId from, NodeId end) {
  for (NodeId id = key; id < body[key].end; ++id) {
    const std::string& path = body.path(id);
    if (!path.empty() && body.may_change(path, from, end)) return true;
  }
  return false;
}

bool is_logical(const BodyTree& body, NodeId id) {
  if (body[id].kind != CXCursor_BinaryOperator) return false;
  const auto kind = clang_getCursorBinaryOperatorKind(body[id].cursor);
  return kind == CXBinaryOperator_LAnd || kind == CXBinaryOperator_LOr;
}

/// Has it been evaluated whenever the part `inner` of it has been reached?
bool always_evaluates(const BodyTree& body, NodeId outer, NodeId inner) {
  for (; inner != outer && inner != 0; inner = body[inner].parent) {
    const NodeId parent = body[inner].parent;
    const auto parts = body.children(parent);
    switch (body[parent].kind) {
      case CXCursor_IfStmt:
        if (clang_isExpression(body[inner].kind) == 0 && body[inner].kind != CXCursor_DeclStmt &&
            body[inner].kind != CXCursor_VarDecl) {
          return false;
        }
        if (inner == parts.back() || body.is_statement(inner)) return false;
        break;
      case CXCursor_ConditionalOperator:
        if (inner != parts.front()) return false;
        break;
      case CXCursor_SwitchStmt:
      case CXCursor_CaseStmt:
      case CXCursor_DefaultStmt:
      case CXCursor_CXXTryStmt:
      case CXCursor_CXXCatchStmt:
      case CXCursor_LambdaExpr:
        return false;
      default:
        if (body.is_loop(parent)) return false;
        if (is_logical(body, parent) && inner != parts.front()) return false;
    }
  }
  return inner == outer;
}

NodeId common(const BodyTree& body, NodeId first, NodeId second) {
  while (!body.contains(first, second)) first = body[first].parent;
  return first;
}

/// The rule as data about `if (all.count(key)) return all.at(key);` sees it.
bool is_seen_by_data(const BodyTree& body, const Lookup& first, const Lookup& second) {
  if (!body.is_call(first.call, {"count", "contains"})) return false;
  return body[body[second.call].parent].kind == CXCursor_ReturnStmt &&
         body[common(body, first.call, second.call)].kind == CXCursor_IfStmt;
}

bool is_repeated(const BodyTree& body, const Lookup& first, const Lookup& second) {
  if (first.map != second.map || first.text != second.text) return false;
  if (body[first.call].loop != body[second.call].loop ||
      body[first.call].lambda != body[second.call].lambda ||
      body.contains(first.call, second.call)) {
    return false;
  }
  const NodeId outer = common(body, first.call, second.call);
  if (!always_evaluates(body, outer, first.call)) return false;
  const NodeId statement = body.statement(first.call);
  return !body.may_change(first.map, body[first.call].end, second.call) &&
         !may_change_within(body, first.key, statement, second.call);
}

/// A sequence that may be long. One of enumerators has few of them.
bool is_searchable(const BodyTree& body, NodeId container) {
  const CXType type = clang_getNonReferenceType(
      clang_getCanonicalType(clang_getCursorType(body[container].cursor)));
  return is_std(body.type(container), {"vector", "deque", "list"}) &&
         clang_getCanonicalType(clang_Type_getTemplateArgumentAsType(type, 0)).kind != CXType_Enum;
}

/// Linear searches: of the library, by its iterators or as a range.
NodeId searched_container(const BodyTree& body, NodeId call) {
  NodeId range = 0;
  const auto given = body.arguments(call);
  if (body.is_call(call, {"find", "find_if", "count", "count_if", "any_of", "none_of"})) {
    const NodeId parts = call + 1;
    const bool is_free = !given.empty() && body[parts].kind == CXCursor_DeclRefExpr;
    if (is_free && given.size() >= 3 && body.is_call(given[0], {"begin", "cbegin"})) {
      range = body.object(given[0]);
    }
  } else if (body.is_call(call, {"operator()"}) && given.size() >= 2) {
    const std::string what = body.name(body.object(call));
    const std::string type = body.type(body.object(call));
    const bool is_search = what == "find" || what == "find_if" || what == "count" ||
                           what == "count_if" || what == "any_of" || what == "none_of" ||
                           what == "contains";
    if (is_search && type.starts_with("std::ranges::")) range = given[0];
  }
  return range != 0 && is_searchable(body, range) ? range : 0;
}

/// if (a.x == b.x) with nothing else in the loop, which it leaves: a search written by hand.
bool is_search_by_hand(const BodyTree& body, NodeId loop) {
  if (body[loop].kind != CXCursor_CXXForRangeStmt || body.children(loop).size() != 3) return false;
  NodeId inside = body.loop_body(loop);
  if (body[inside].kind == CXCursor_CompoundStmt) {
    const auto statements = body.children(inside);
    if (statements.size() != 1) return false;
    inside = statements.front();
  }
  if (body[inside].kind != CXCursor_IfStmt) return false;
  const auto parts = body.children(inside);
  if (parts.size() != 2) return false;
  const auto sides = body.children(parts[0]);
  const bool is_equal =
      body.is_call(parts[0], {"operator=="}) ||
      (body[parts[0]].kind == CXCursor_BinaryOperator &&
       clang_getCursorBinaryOperatorKind(body[parts[0]].cursor) == CXBinaryOperator_EQ);
  if (!is_equal || sides.size() != 2) return false;
  const NodeId one = body.children(loop).front();
  const bool left = body.declaration(body.path(sides[0])) == one;
  const bool right = body.declaration(body.path(sides[1])) == one;
  const std::string& other = body.path(sides[left ? 1 : 0]);
  if (left == right || other.empty()) return false;
  for (NodeId id = parts[1]; id < body[parts[1]].end; ++id) {
    const CXCursorKind kind = body[id].kind;
    if (kind == CXCursor_ReturnStmt || kind == CXCursor_BreakStmt) return true;
  }
  return false;
}

/// Filled once and for all by a list in the source, so that it is as small as somebody wrote it.
bool is_listed(const BodyTree& body, std::string_view path) {
  const NodeId variable = body.declaration(path);
  if (body[variable].kind != CXCursor_VarDecl) return false;
  if (clang_Cursor_getStorageClass(body[variable].cursor) == CX_SC_Static) return true;
  for (NodeId id = variable; id < body[variable].end; ++id) {
    if (body[id].kind == CXCursor_InitListExpr) return true;
  }
  return false;
}

void find_search_in_loop(const BodyTree& body, NodeId search, NodeId container,
                         SmellWriter& found) {
  const NodeId loop = body[search].loop;
  const std::string& path = body.path(container);
  if (loop == 0 || !is_sized_by_data(body, loop) || !is_from_outside(body, path, loop) ||
      is_listed(body, path) || body.may_change(path, loop, search) ||
      body.may_change(path, body[search].end, body[loop].end)) {
    return;
  }
  found.add(ast::Smell::kSearchInLoop, search, {.subject = body.text(container)});
}

/// Which of the function's own it walks through, for the sake of those who call it in a loop.
void note_search(const BodyTree& body, NodeId search, NodeId container, SmellWriter& found) {
  if (body[search].loop != 0 || body[search].lambda != 0) return;
  const std::string& path = body.path(container);
  if (path.starts_with("this.")) {
    found.add(ast::Smell::kSearches, search, {.subject = "this", .detail = body.text(container)});
    return;
  }
  const int parameters = clang_Cursor_getNumArguments(body[0].cursor);
  const NodeId variable = body.declaration(path);
  for (int i = 0; variable != 0 && i < parameters; ++i) {
    const CXCursor parameter = clang_Cursor_getArgument(body[0].cursor, static_cast<unsigned>(i));
    if (clang_equalCursors(parameter, body[variable].cursor) != 0) {
      found.add(ast::Smell::kSearches, search,
                {.subject = std::to_string(i), .detail = body.text(container)});
    }
  }
}

/// What a call in a loop hands over that stays the same in all rounds.
void note_handed_over(const BodyTree& body, NodeId call, SmellWriter& found) {
  const NodeId loop = body[call].loop;
  const CXCursor called = body.target(call);
  if (loop == 0 || body.is_construction(call) || clang_Cursor_isNull(called) != 0 ||
      !found.is_of_project(called) || !is_sized_by_data(body, loop)) {
    return;
  }
  const std::string usr = taken(clang_getCursorUSR(called));
  const auto note = [&](NodeId what, std::string_view as) {
    const std::string& path = body.path(what);
    if (is_from_outside(body, path, loop) && !is_listed(body, path) &&
        !body.may_change(path, loop, body[loop].end)) {
      found.add(ast::Smell::kHandsOver, call,
                {.subject = usr, .detail = as, .other = body.text(what)});
    }
  };
  if (const NodeId object = body.object(call); object != 0) note(object, "this");
  const auto given = body.arguments(call);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (is_std(body.type(given[i]), {"vector", "deque", "list"})) note(given[i], std::to_string(i));
  }
}

}  // namespace

void find_lookups(const BodyTree& body, SmellWriter& found) {
  std::deque<Lookup> seen;
  for (NodeId id = 1; id < body.size(); ++id) {
    const auto next = lookup(body, id);
    if (!next || !is_plain(body, next->key)) continue;
    const auto before = std::ranges::find_if(
        seen, [&](const Lookup& one) { return is_repeated(body, one, *next); });
    if (before == seen.end()) {
      seen.push_back(*next);
      if (seen.size() > kRemembered) seen.pop_front();
    } else if (!is_seen_by_data(body, *before, *next)) {
      found.add(ast::Smell::kTwoLookups, id,
                {.subject = body.text(body.object(id)), .detail = body.text(next->key)});
    }
  }
}

void find_searches(const BodyTree& body, SmellWriter& found) {
  for (NodeId id = 1; id < body.size(); ++id) {
    NodeId container = 0;
    if (body[id].kind == CXCursor_CallExpr) {
      container = searched_container(body, id);
      if (container == 0) note_handed_over(body, id, found);
    } else if (is_search_by_hand(body, id)) {
      container = body.children(id)[1];
      if (!is_searchable(body, container)) container = 0;
    }
    if (container == 0) continue;
    find_search_in_loop(body, id, container, found);
    note_search(body, id, container, found);
  }
}

}  // namespace automod::worker

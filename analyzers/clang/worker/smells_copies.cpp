#include <algorithm>

#include "analyzers/clang/worker/smells.hpp"

// Locals that are copied where they could be moved.
namespace automod::worker {

namespace {

bool is_heavy_std(std::string_view type) {
  return is_std(type, {"basic_string", "vector", "map", "set", "unordered_map", "unordered_set",
                       "deque", "list", "function", "multimap", "multiset"});
}

/// Of the project's own: one that moves by itself, and has a member that is dear to copy.
bool is_heavy_record(CXType type) {
  const CXCursor record = clang_getTypeDeclaration(clang_getCanonicalType(type));
  if (!is_record(clang_getCursorKind(record))) return false;
  bool is_dear = false;
  bool has_own_copy = false;
  each_child(record, [&](CXCursor member) {
    const CXCursorKind kind = clang_getCursorKind(member);
    if (kind == CXCursor_FieldDecl) {
      const CXType own = clang_getCursorType(member);
      is_dear = is_dear || (clang_isConstQualifiedType(own) == 0 && is_heavy_std(exact_type(own)));
    }
    has_own_copy = has_own_copy || kind == CXCursor_Destructor ||
                   clang_CXXConstructor_isCopyConstructor(member) != 0 ||
                   clang_CXXConstructor_isMoveConstructor(member) != 0;
  });
  return is_dear && !has_own_copy;
}

bool is_movable_local(const BodyTree& body, NodeId id) {
  if (body[id].kind != CXCursor_VarDecl || body[body[id].parent].kind != CXCursor_DeclStmt) {
    return false;
  }
  const CXType type = clang_getCanonicalType(clang_getCursorType(body[id].cursor));
  const bool is_in_block = body[body[body[id].parent].parent].kind == CXCursor_CompoundStmt;
  return is_in_block && !is_reference(type) && clang_isConstQualifiedType(type) == 0 &&
         clang_Cursor_getStorageClass(body[id].cursor) != CX_SC_Static &&
         (is_heavy_std(body.type(id)) || is_heavy_record(type));
}

/// Does the element of the list become a member of the variable's own type?
bool is_member_made(const BodyTree& body, NodeId list, NodeId element, NodeId variable) {
  const CXCursor record =
      clang_getTypeDeclaration(clang_getCanonicalType(clang_getCursorType(body[list].cursor)));
  const auto elements = body.children(list);
  const auto place = std::ranges::find(elements, element) - elements.begin();
  if (!is_record(clang_getCursorKind(record))) return false;
  std::ptrdiff_t index = 0;
  bool fits = false;
  each_child(record, [&](CXCursor member) {
    const CXCursorKind kind = clang_getCursorKind(member);
    if (kind == CXCursor_CXXBaseSpecifier) ++index;
    if (kind != CXCursor_FieldDecl) return;
    const CXType type = clang_getCanonicalType(clang_getCursorType(member));
    fits = fits || (index == place && !is_reference(type) &&
                    exact_type(clang_getUnqualifiedType(type)) == body.type(variable));
    ++index;
  });
  return fits;
}

/// Is the mention the source of a copy, and of nothing else?
bool is_copied(const BodyTree& body, NodeId mention, NodeId variable) {
  const NodeId parent = body[mention].parent;
  const CXCursorKind around = body[body[parent].parent].kind;
  if (body.is_construction(parent)) {
    return clang_CXXConstructor_isCopyConstructor(body.target(parent)) != 0 &&
           around != CXCursor_VarDecl && around != CXCursor_LambdaExpr &&
           around != CXCursor_CXXThrowExpr && around != CXCursor_ReturnStmt;
  }
  if (body[parent].kind == CXCursor_InitListExpr) {
    return is_member_made(body, parent, mention, variable);
  }
  const std::string type = body.type(variable);
  const auto given = body.arguments(parent);
  if (given.empty() || given.back() != mention) return false;
  const CXType taken = clang_getCanonicalType(
      parameter_type(body.target(parent), static_cast<unsigned>(given.size() - 1)));
  if (body.is_call(parent, {"operator="})) {
    const auto sides = body.children(parent);
    return sides.size() == 2 && is_reference_to_const(taken) && body.type(sides[0]) == type;
  }
  if (given.size() != 1 || body.object(parent) == 0) return false;
  const std::string container = body.type(body.object(parent));
  if (!is_std(container, {"vector", "deque", "list", "set", "queue", "stack", "unordered_set"})) {
    return false;
  }
  return element_of(container) == type &&
         body.is_call(parent, {"push_back", "push_front", "push", "insert", "emplace_back"});
}

bool is_handle(const BodyTree& body, NodeId id) {
  const CXType type = clang_getCanonicalType(clang_getCursorType(body[id].cursor));
  const std::string name = body.type(id);
  return type.kind == CXType_Pointer || name.find("view") != std::string::npos ||
         name.find("span") != std::string::npos || name.find("iterator") != std::string::npos;
}

/// Something that may still look into the variable where it is moved from.
bool may_look_into(const BodyTree& body, NodeId other, NodeId last) {
  const CXType type = clang_getCanonicalType(clang_getCursorType(body[other].cursor));
  const bool may_hold = type.kind == CXType_Record && !is_heavy_std(body.type(other));
  if (!may_hold && !is_reference(type) && !is_handle(body, other)) return false;
  for (NodeId id = last; id < body.size(); ++id) {
    if (body.declaration(body.path(id)) == other) return true;
  }
  return false;
}

struct Mentions {
  std::vector<NodeId> all;
  bool is_simple = true;  // nobody else can get at the variable afterwards
};

Mentions mentions_of(const BodyTree& body, NodeId variable) {
  Mentions found;
  for (NodeId id = body[variable].end; id < body.size() && found.is_simple; ++id) {
    if (body[id].kind != CXCursor_DeclRefExpr && body[id].kind != CXCursor_VariableRef) continue;
    if (clang_equalCursors(body.target(id), body[variable].cursor) == 0) continue;
    found.all.push_back(id);
    const Node& parent = body[body[id].parent];
    const bool takes_address =
        parent.kind == CXCursor_UnaryOperator &&
        clang_getCursorUnaryOperatorKind(parent.cursor) == CXUnaryOperator_AddrOf;
    found.is_simple = body[id].lambda == body[variable].lambda && !takes_address &&
                      parent.kind != CXCursor_LambdaExpr;
  }
  return found;
}

bool is_looked_into(const BodyTree& body, NodeId variable, NodeId last) {
  const std::string own = body.own_path(variable);
  for (NodeId id = body[variable].end; id < last; ++id) {
    if (body.contains(id, last) || !body.is_mentioned(own, id, body[id].end)) continue;
    if (body[id].kind == CXCursor_VarDecl && may_look_into(body, id, last)) return true;
    const bool assigns = is_assignment(body[id].cursor) || body.is_call(id, {"operator="});
    if (assigns && is_handle(body, body.children(id).front())) return true;
  }
  return false;
}

bool has_goto(const BodyTree& body) {
  for (NodeId id = 1; id < body.size(); ++id) {
    if (body[id].kind == CXCursor_GotoStmt) return true;
  }
  return false;
}

}  // namespace

void find_copies(const BodyTree& body, SmellWriter& found) {
  if (has_goto(body)) return;
  for (NodeId variable = 1; variable < body.size(); ++variable) {
    if (!is_movable_local(body, variable)) continue;
    const Mentions mentions = mentions_of(body, variable);
    if (!mentions.is_simple || mentions.all.empty()) continue;
    const NodeId last = mentions.all.back();
    const bool is_only_one_of_statement = std::ranges::count_if(mentions.all, [&](NodeId one) {
                                            return body.statement(one) == body.statement(last);
                                          }) == 1;
    if (body[last].loop == body[variable].loop && is_only_one_of_statement &&
        is_copied(body, last, variable) && !is_looked_into(body, variable, last)) {
      found.add(ast::Smell::kCopyAtLastUse, last, {.subject = body.name(variable)});
    }
  }
}

}  // namespace automod::worker

#include <algorithm>
#include <array>

#include "analyzers/clang/worker/body_tree.hpp"

namespace automod::worker {

namespace {

constexpr std::string_view kThis = "this";

bool is_variable(CXCursor cursor) {
  const CXCursorKind kind = clang_getCursorKind(cursor);
  return kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl;
}

std::string path_of(CXCursor variable) {
  unsigned offset = 0;
  clang_getSpellingLocation(clang_getCursorLocation(variable), nullptr, nullptr, nullptr, &offset);
  return taken(clang_getCursorSpelling(variable)) + '#' + std::to_string(offset);
}

/// The path itself or something within what stands there.
bool is_within(std::string_view inner, std::string_view outer) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.');
}

/// Members that leave the container as it is, though some are not const.
bool only_reads(std::string_view method) {
  static constexpr std::array kReaders = {"begin", "end",   "rbegin",      "rend", "cbegin",
                                          "cend",  "find",  "at",          "data", "front",
                                          "back",  "get",   "lower_bound", "size", "upper_bound",
                                          "value", "count", "contains",    "empty"};
  return std::ranges::find(kReaders, method) != kReaders.end();
}

bool assigns(CXCursor cursor) {
  const CXCursorKind kind = clang_getCursorKind(cursor);
  if (kind == CXCursor_CompoundAssignOperator) return true;
  return kind == CXCursor_BinaryOperator &&
         clang_getCursorBinaryOperatorKind(cursor) == CXBinaryOperator_Assign;
}

}  // namespace

bool is_std(std::string_view type, std::initializer_list<std::string_view> names) {
  for (const std::string_view prefix : {"std::pmr::", "std::"}) {
    if (!type.starts_with(prefix)) continue;
    const std::string_view rest = type.substr(prefix.size());
    const std::string_view plain = rest.substr(0, rest.find('<'));
    if (std::ranges::find(names, plain) != names.end()) return true;
  }
  return false;
}

std::string element_of(std::string_view type) {
  const std::size_t begin = type.find('<');
  if (begin == type.npos) return {};
  int depth = 0;
  for (std::size_t at = begin; at < type.size(); ++at) {
    if (type[at] == '<') ++depth;
    if (type[at] == '>') --depth;
    if (depth == 0 || (depth == 1 && type[at] == ',')) {
      return std::string(type.substr(begin + 1, at - begin - 1));
    }
  }
  return {};
}

bool is_assignment(CXCursor cursor) { return assigns(cursor); }

CXType parameter_type(CXCursor function, unsigned index) {
  return clang_getArgType(clang_getCursorType(function), index);
}

bool is_reference(CXType type) {
  return type.kind == CXType_LValueReference || type.kind == CXType_RValueReference;
}

bool is_reference_to_const(CXType type) {
  return type.kind == CXType_LValueReference &&
         clang_isConstQualifiedType(clang_getPointeeType(type)) != 0;
}

void BodyTree::add_path(NodeId id) {
  const Node& node = nodes_[id];
  const auto inner = children(id);
  if (is_variable(node.cursor)) declarations_.emplace(path_of(node.cursor), id);
  std::string& path = paths_[id];
  if (node.kind == CXCursor_CXXThisExpr) path = kThis;
  if (node.kind == CXCursor_DeclRefExpr && is_variable(target(id))) path = path_of(target(id));
  if (node.kind == CXCursor_MemberRefExpr &&
      clang_getCursorKind(target(id)) == CXCursor_FieldDecl) {
    const std::string of = inner.empty() ? std::string(kThis) : paths_[inner[0]];
    if (!of.empty()) path = of + '.' + name(id);
  }
  if (node.kind == CXCursor_UnaryOperator && !inner.empty() &&
      clang_getCursorUnaryOperatorKind(node.cursor) == CXUnaryOperator_Deref) {
    path = paths_[inner[0]];
  }
}

std::string BodyTree::own_path(NodeId declaration) const {
  return path_of(nodes_[declaration].cursor);
}

std::string BodyTree::object_path(NodeId call) const {
  if (const NodeId on = object(call); on != 0) return path(on);
  return {};
}

NodeId BodyTree::declaration(std::string_view path) const {
  const auto found = declarations_.find(std::string(path.substr(0, path.find('.'))));
  return found == declarations_.end() ? 0 : found->second;
}

bool BodyTree::is_of_function(std::string_view path) const {
  return !path.empty() && (is_within(path, kThis) || declaration(path) != 0);
}

bool BodyTree::changes_as_argument(NodeId call, NodeId mention) const {
  const auto given = arguments(call);
  const auto place = std::ranges::find(given, mention);
  if (place == given.end()) return false;
  const CXType type = clang_getCanonicalType(
      parameter_type(target(call), static_cast<unsigned>(place - given.begin())));
  if (type.kind == CXType_Invalid) return clang_Cursor_isNull(target(call)) != 0;
  return is_reference(type) && !is_reference_to_const(type);
}

/// A mention and what is done to it there.
bool BodyTree::changes(NodeId mention) const {
  const NodeId parent = nodes_[mention].parent;
  const Node& around = nodes_[parent];
  const auto parts = children(parent);
  const bool is_first = !parts.empty() && parts.front() == mention;
  if (around.kind == CXCursor_MemberRefExpr) {  // part of a call, or of a longer path
    const CXCursor member = target(parent);
    if (clang_getCursorKind(member) == CXCursor_FieldDecl) return changes(parent);
    return clang_CXXMethod_isConst(member) == 0 && !only_reads(name(parent));
  }
  if (assigns(around.cursor)) return is_first;
  if (around.kind == CXCursor_UnaryOperator) {
    const auto kind = clang_getCursorUnaryOperatorKind(around.cursor);
    return kind != CXUnaryOperator_LNot && kind != CXUnaryOperator_Minus &&
           kind != CXUnaryOperator_Plus && kind != CXUnaryOperator_Not &&
           kind != CXUnaryOperator_Deref;
  }
  if (around.kind == CXCursor_VarDecl) {
    const CXType type = clang_getCanonicalType(clang_getCursorType(around.cursor));
    return is_reference(type) && !is_reference_to_const(type);
  }
  if (around.kind != CXCursor_CallExpr) return around.kind == CXCursor_LambdaExpr;
  if (is_first && name(parent).starts_with("operator")) {
    const CXCursor called = target(parent);
    if (clang_getCursorKind(called) == CXCursor_CXXMethod) {
      return clang_CXXMethod_isConst(called) == 0 && name(parent) != "operator[]" &&
             name(parent) != "operator*" && name(parent) != "operator->";
    }
    const CXType type = clang_getCanonicalType(parameter_type(called, 0));
    return is_reference(type) && !is_reference_to_const(type);
  }
  return changes_as_argument(parent, mention);
}

bool BodyTree::may_change(std::string_view path, NodeId from, NodeId end) const {
  const bool is_member = is_within(path, kThis);
  for (NodeId id = from; id < end && id < nodes_.size(); ++id) {
    const std::string& mentioned = this->path(id);
    if (!mentioned.empty() && (is_within(path, mentioned) || is_within(mentioned, path)) &&
        mentioned != kThis && changes(id)) {
      return true;
    }
    if (!is_member || nodes_[id].kind != CXCursor_CallExpr) continue;
    const CXCursor called = target(id);
    const auto parts = children(id);
    const bool on_this = !parts.empty() && nodes_[parts[0]].kind == CXCursor_MemberRefExpr &&
                         (object(id) == 0 || nodes_[object(id)].kind == CXCursor_CXXThisExpr);
    if (on_this && clang_getCursorKind(called) == CXCursor_CXXMethod &&
        clang_CXXMethod_isConst(called) == 0 && clang_CXXMethod_isStatic(called) == 0) {
      return true;
    }
  }
  return false;
}

bool BodyTree::is_mentioned(std::string_view path, NodeId from, NodeId end) const {
  for (NodeId id = from; id < end && id < nodes_.size(); ++id) {
    const std::string& mentioned = this->path(id);
    if (!mentioned.empty() && is_within(mentioned, path)) return true;
  }
  return false;
}

}  // namespace automod::worker

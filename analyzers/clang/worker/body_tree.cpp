#include "analyzers/clang/worker/body_tree.hpp"

#include <algorithm>

namespace automod::worker {

namespace {

constexpr std::size_t kLongestQuoted = 60;
constexpr std::size_t kMostNodes = 200'000;

bool is_of_no_meaning(CXCursorKind kind) {
  return kind == CXCursor_TypeRef || kind == CXCursor_NamespaceRef ||
         kind == CXCursor_TemplateRef || kind == CXCursor_OverloadedDeclRef;
}

bool is_transparent(CXCursorKind kind) {
  return kind == CXCursor_UnexposedExpr || kind == CXCursor_ParenExpr;
}

bool names_operator(CXCursor call, CXCursor child) {
  const std::string name = taken(clang_getCursorSpelling(call));
  const CXCursorKind kind = clang_getCursorKind(child);
  return name.starts_with("operator") && kind != CXCursor_MemberRefExpr &&
         kind != CXCursor_CallExpr && taken(clang_getCursorSpelling(child)) == name &&
         clang_equalCursors(clang_getCursorReferenced(call), clang_getCursorReferenced(child)) != 0;
}

std::vector<CXCursor> meaningful_children(CXCursor cursor) {
  std::vector<CXCursor> found;
  const bool is_call = clang_getCursorKind(cursor) == CXCursor_CallExpr;
  each_child(cursor, [&](CXCursor child) {
    if (is_of_no_meaning(clang_getCursorKind(child))) return;
    if (is_call && names_operator(cursor, child)) return;
    found.push_back(child);
  });
  return found;
}

bool is_inner_type(CXCursorKind kind) { return is_record(kind) || kind == CXCursor_EnumDecl; }

bool is_loop_kind(CXCursorKind kind) {
  return kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt || kind == CXCursor_DoStmt ||
         kind == CXCursor_CXXForRangeStmt;
}

/// What a loop evaluates once, before its first round.
bool is_before_loop(CXCursorKind loop, CXCursor child) {
  const CXCursorKind kind = clang_getCursorKind(child);
  if (loop == CXCursor_CXXForRangeStmt) {
    return kind != CXCursor_VarDecl && clang_isStatement(kind) == 0;
  }
  return loop == CXCursor_ForStmt && kind == CXCursor_DeclStmt;
}

}  // namespace

BodyTree::BodyTree(CXCursor function) {
  nodes_.push_back({.cursor = function, .kind = clang_getCursorKind(function)});
  add_children(0, meaningful_children(function));
  nodes_.front().end = nodes_.size();
  paths_.resize(nodes_.size());
  for (NodeId id = nodes_.size(); id-- > 0;) add_path(id);  // what is inside comes behind
}

void BodyTree::add(CXCursor cursor, const Around& around) {
  if (nodes_.size() >= kMostNodes) return;
  auto children = meaningful_children(cursor);
  while (is_transparent(clang_getCursorKind(cursor)) && children.size() == 1) {
    cursor = children.front();
    children = meaningful_children(cursor);
  }
  const CXCursorKind kind = clang_getCursorKind(cursor);
  if (is_inner_type(kind)) return;
  const NodeId id = nodes_.size();
  Node node{.cursor = cursor,
            .kind = kind,
            .parent = around.parent,
            .loop = around.loop,
            .lambda = around.lambda,
            .depth = around.depth};
  const CXSourceRange extent = clang_getCursorExtent(cursor);
  clang_getExpansionLocation(clang_getRangeStart(extent), nullptr, nullptr, nullptr, &node.from);
  clang_getExpansionLocation(clang_getRangeEnd(extent), nullptr, nullptr, nullptr, &node.to);
  nodes_.push_back(node);
  add_children(id, children);
  nodes_[id].end = nodes_.size();
}

void BodyTree::add_children(NodeId id, const std::vector<CXCursor>& children) {
  const Node self = nodes_[id];
  Around around{id, self.loop, self.lambda, self.depth};
  if (self.kind == CXCursor_LambdaExpr) around = {id, 0, id, 0};
  Around inside = around;
  if (is_loop_kind(self.kind)) {
    inside.loop = id;
    ++inside.depth;
  }
  for (const CXCursor& child : children) {
    add(child, is_loop_kind(self.kind) && is_before_loop(self.kind, child) ? around : inside);
  }
}

std::vector<NodeId> BodyTree::children(NodeId id) const {
  std::vector<NodeId> found;
  for (NodeId at = id + 1; at < nodes_[id].end; at = nodes_[at].end) found.push_back(at);
  return found;
}

std::string BodyTree::name(NodeId id) const {
  return taken(clang_getCursorSpelling(nodes_[id].cursor));
}

std::string BodyTree::text(NodeId id) const {
  CXFile file = nullptr;
  clang_getExpansionLocation(clang_getCursorLocation(nodes_[id].cursor), &file, nullptr, nullptr,
                             nullptr);
  std::size_t size = 0;
  const char* bytes =
      clang_getFileContents(clang_Cursor_getTranslationUnit(nodes_[id].cursor), file, &size);
  const Node& node = nodes_[id];
  if (bytes == nullptr || node.to > size || node.from > node.to) return {};
  std::string line;
  for (const char c : std::string_view(bytes + node.from, node.to - node.from)) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (is_blank && (line.empty() || line.back() == ' ')) continue;
    line += is_blank ? ' ' : c;
    if (line.size() > kLongestQuoted) return line.substr(0, kLongestQuoted - 3) + "...";
  }
  return line;
}

std::string BodyTree::type(NodeId id) const {
  const CXType type =
      clang_getNonReferenceType(clang_getCanonicalType(clang_getCursorType(nodes_[id].cursor)));
  return exact_type(clang_getUnqualifiedType(type));
}

bool BodyTree::is_call(NodeId id, std::initializer_list<std::string_view> names) const {
  return nodes_[id].kind == CXCursor_CallExpr && std::ranges::find(names, name(id)) != names.end();
}

bool BodyTree::is_construction(NodeId id) const {
  return nodes_[id].kind == CXCursor_CallExpr &&
         clang_getCursorKind(target(id)) == CXCursor_Constructor;
}

bool BodyTree::is_loop(NodeId id) const { return is_loop_kind(nodes_[id].kind); }

bool BodyTree::is_statement(NodeId id) const {
  const NodeId parent = nodes_[id].parent;
  switch (nodes_[parent].kind) {
    case CXCursor_CompoundStmt:
    case CXCursor_CaseStmt:
    case CXCursor_DefaultStmt:
    case CXCursor_LabelStmt:
      return nodes_[parent].kind == CXCursor_CompoundStmt || children(parent).back() == id;
    case CXCursor_IfStmt: {
      const auto parts = children(parent);
      return parts.back() == id && parts.size() > 1;
    }
    default:
      return is_loop(parent) && loop_body(parent) == id;
  }
}

NodeId BodyTree::object(NodeId call) const {
  const auto parts = children(call);
  if (parts.empty() || is_construction(call)) return 0;
  if (nodes_[parts[0]].kind == CXCursor_MemberRefExpr &&
      clang_equalCursors(target(parts[0]), target(call)) != 0) {
    const auto inner = children(parts[0]);
    return inner.empty() ? 0 : inner[0];
  }
  return name(call).starts_with("operator") ? parts[0] : 0;
}

std::vector<NodeId> BodyTree::arguments(NodeId call) const {
  auto parts = children(call);
  if (!parts.empty() && !is_construction(call)) parts.erase(parts.begin());
  return parts;
}

NodeId BodyTree::loop_body(NodeId loop) const {
  const auto parts = children(loop);
  if (parts.empty()) return loop;
  return nodes_[loop].kind == CXCursor_DoStmt ? parts.front() : parts.back();
}

NodeId BodyTree::statement(NodeId id) const {
  while (id != 0 && nodes_[nodes_[id].parent].kind != CXCursor_CompoundStmt) {
    id = nodes_[id].parent;
  }
  return id;
}

}  // namespace automod::worker

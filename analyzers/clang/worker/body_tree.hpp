#pragma once

#include <clang-c/Index.h>

#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/worker/cursor.hpp"

namespace automod::worker {

/// Number of a node; 0 is the function itself, which also stands for "none".
using NodeId = std::size_t;

struct Node {
  CXCursor cursor;
  CXCursorKind kind = CXCursor_InvalidFile;
  NodeId parent = 0;
  NodeId end = 0;           // behind its subtree
  NodeId loop = 0;          // the innermost around it, in the same function or lambda
  NodeId lambda = 0;        // the innermost around it
  std::uint32_t depth = 0;  // loops around it, up to the lambda
  unsigned from = 0;        // bytes of its file, where macros are expanded
  unsigned to = 0;
};

/// The body of a function in source order, without what clang adds for itself: implicit
/// conversions, parentheses, the names of types and of overloaded operators.
class BodyTree {
 public:
  explicit BodyTree(CXCursor function);

  std::size_t size() const { return nodes_.size(); }
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::vector<NodeId> children(NodeId id) const;
  bool contains(NodeId outer, NodeId inner) const {
    return outer <= inner && inner < nodes_[outer].end;
  }

  std::string name(NodeId id) const;  // of what it is or names
  std::string text(NodeId id) const;  // as written, on one line, cut where it is long
  /// Canonical, without const and reference at the top; empty where there is none.
  std::string type(NodeId id) const;
  CXCursor target(NodeId id) const { return clang_getCursorReferenced(nodes_[id].cursor); }

  bool is_call(NodeId id, std::initializer_list<std::string_view> names) const;
  bool is_construction(NodeId id) const;
  bool is_loop(NodeId id) const;
  /// Is its value thrown away?
  bool is_statement(NodeId id) const;
  /// What a member function or operator is called on; none: of this, or of nothing.
  NodeId object(NodeId call) const;
  std::vector<NodeId> arguments(NodeId call) const;
  NodeId loop_body(NodeId loop) const;
  /// The statement of a block that it is part of.
  NodeId statement(NodeId id) const;

  /// The same for all mentions of one variable, or of one member of one variable or of this;
  /// empty where it is no such place.
  const std::string& path(NodeId id) const { return paths_[id]; }
  /// That of all mentions of a variable which is declared here.
  std::string own_path(NodeId declaration) const;
  /// The path of what the member function is called on.
  std::string object_path(NodeId call) const;
  /// Of the variable that the path begins with, where it is a local or a parameter of this
  /// function; else 0.
  NodeId declaration(std::string_view path) const;
  /// Nobody else has it: what begins with a local, a parameter or this.
  bool is_of_function(std::string_view path) const;

  /// May what stands at the path become another within [from, end)?
  bool may_change(std::string_view path, NodeId from, NodeId end) const;
  bool is_mentioned(std::string_view path, NodeId from, NodeId end) const;

 private:
  struct Around {
    NodeId parent = 0;
    NodeId loop = 0;
    NodeId lambda = 0;
    std::uint32_t depth = 0;
  };
  void add(CXCursor cursor, const Around& around);
  void add_children(NodeId id, const std::vector<CXCursor>& children);
  void add_path(NodeId id);
  bool changes(NodeId mention) const;
  bool changes_as_argument(NodeId call, NodeId mention) const;

  std::vector<Node> nodes_;
  std::vector<std::string> paths_;              // of each
  std::map<std::string, NodeId> declarations_;  // by their path
};

/// "std::vector<int>" is one of "vector".
bool is_std(std::string_view type, std::initializer_list<std::string_view> names);
/// What its element is as a template's argument: "int" of "std::vector<int>".
std::string element_of(std::string_view type);
bool is_assignment(CXCursor cursor);
/// The parameter of a function that a call gives its argument to; the type is invalid where
/// nobody knows.
CXType parameter_type(CXCursor function, unsigned index);
bool is_reference_to_const(CXType type);
bool is_reference(CXType type);

}  // namespace automod::worker

#pragma once

#include <clang-c/Index.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "analyzers/clang/worker/body_tree.hpp"
#include "analyzers/clang/worker/writer.hpp"

/// Looks in the body of one function for what works and costs, or works most of the time. Whatever
/// is not certain is left out.
namespace automod::worker {

/// Which file of the project something is in, if any.
using FileNumber = std::function<std::optional<std::uint64_t>(CXFile)>;

/// What a record says besides its place; by kind, docs/formats/ast.md.
struct SmellTexts {
  std::string_view subject = {};
  std::string_view detail = {};
  std::string_view other = {};
};

class SmellWriter {
 public:
  SmellWriter(const BodyTree& body, std::uint64_t function, const FileNumber& file_number,
              Writer& writer)
      : body_(body), function_(function), file_number_(file_number), writer_(writer) {}

  /// Nothing is written of what lies in no file of the project, or comes out of a macro.
  void add(ast::Smell smell, NodeId at, const SmellTexts& texts = {});
  bool is_of_project(CXCursor cursor) const;

 private:
  const BodyTree& body_;
  std::uint64_t function_;
  const FileNumber& file_number_;
  Writer& writer_;
};

void find_growth(const BodyTree& body, SmellWriter& found);
void find_lookups(const BodyTree& body, SmellWriter& found);
void find_searches(const BodyTree& body, SmellWriter& found);
void find_copies(const BodyTree& body, SmellWriter& found);
void find_results(const BodyTree& body, SmellWriter& found);
void find_captures(const BodyTree& body, SmellWriter& found);
void find_locks(const BodyTree& body, SmellWriter& found);

/// All of them. `function`: the number of its USR.
void find_smells(CXCursor definition, std::uint64_t function, const FileNumber& file_number,
                 Writer& writer);

/// Which of ours a warning of clang is.
std::optional<ast::Smell> smell_of_warning(std::string_view option);

/// May its number of rounds grow with what the program is given?
bool is_sized_by_data(const BodyTree& body, NodeId loop);
/// Is its number of rounds known before it begins? Then of what: its bound as it is written.
std::optional<std::string> bound_of(const BodyTree& body, NodeId loop);
/// Is the path one that begins outside of the loop?
bool is_from_outside(const BodyTree& body, std::string_view path, NodeId loop);

}  // namespace automod::worker

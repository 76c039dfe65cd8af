#pragma once

#include <clang-c/Index.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzers/clang/worker/cursor.hpp"
#include "analyzers/clang/worker/writer.hpp"

namespace automod::worker {

enum class Mode {
  kFacts,    // what is declared, and what bodies do
  kSurface,  // macros, and digests of bodies, instead of what bodies do
  kSmells,   // besides the facts: what is better done otherwise
};

/// Writes what one translation unit says of the files below a folder.
class Reader {
 public:
  Reader(CXTranslationUnit unit, std::string root, Mode mode, Writer& writer);
  void read();

 private:
  /// What is around a declaration.
  struct Around {
    std::string scope;   // qualified name of the class or enumeration; empty: none
    std::string prefix;  // what stands before its own name: "a::B::"
    ast::Access access = ast::Access::kPublic;
    bool is_local = false;                    // of an unnamed namespace or a function
    bool is_dependent = false;                // of a template
    CXCursor record = clang_getNullCursor();  // the nearest that has a name
  };

  std::optional<std::uint64_t> project_file(CXFile file);
  Around around(CXCursor cursor);
  void visit(CXCursor cursor);
  void walk(CXCursor cursor);
  void declare(CXCursor cursor, ast::Kind kind);
  void write_parts(CXCursor cursor, ast::Kind kind, std::uint64_t usr);
  void write_macro(CXCursor cursor);
  void write_includes();
  void write_problems();
  /// False: it is no warning that we look for.
  bool write_warning(CXDiagnostic one);

  CXTranslationUnit unit_;
  std::string root_;
  std::string folder_;  // the working one
  Mode mode_;
  Writer& writer_;
  std::map<CXFile, std::optional<std::uint64_t>> files_;
  std::set<CXFile> guarded_;  // whose guard has been seen
};

/// What the body of a function does: calls and throws, with the loops around them.
class Body {
 public:
  using FileNumber = std::optional<std::uint64_t>;
  Body(std::uint64_t function, Writer& writer) : function_(function), writer_(writer) {}

  /// `file_number` says which file of the project something is in, if any.
  template <class FileOf>
  void read(CXCursor cursor, const FileOf& file_number) {
    each_child(cursor, [&](CXCursor child) {
      const Spot spot = spot_of(child);
      const std::uint64_t loops = loops_around(cursor, child);
      depth_ += loops;
      if (const FileNumber file = file_number(spot.file)) write(child, spot, *file);
      read(child, file_number);
      depth_ -= loops;
    });
  }

 private:
  static std::uint64_t loops_around(CXCursor parent, CXCursor child);
  void write(CXCursor cursor, const Spot& spot, std::uint64_t file);

  std::uint64_t function_;
  Writer& writer_;
  std::uint64_t depth_ = 0;
};

}  // namespace automod::worker

#include "analyzers/clang/worker/reader.hpp"

namespace automod::worker {

namespace {

/// Of a template's instance the template itself, which is what has a definition to be found.
std::string usr_of(CXCursor callee) {
  const CXCursor pattern = clang_getSpecializedCursorTemplate(callee);
  return taken(clang_getCursorUSR(clang_Cursor_isNull(pattern) != 0 ? callee : pattern));
}

bool is_function(CXCursorKind kind) {
  return kind == CXCursor_FunctionDecl || kind == CXCursor_CXXMethod ||
         kind == CXCursor_Constructor || kind == CXCursor_Destructor ||
         kind == CXCursor_ConversionFunction || kind == CXCursor_FunctionTemplate;
}

std::string thrown_type(CXCursor expression) {
  std::string type;  // stays empty where what was caught is thrown on
  each_child(expression, [&](CXCursor child) {
    if (type.empty()) type = exact_type(clang_getCursorType(child));
  });
  return type;
}

}  // namespace

std::uint64_t Body::loops_around(CXCursor parent, CXCursor child) {
  switch (clang_getCursorKind(parent)) {
    case CXCursor_ForStmt:
    case CXCursor_WhileStmt:
    case CXCursor_DoStmt:
      return 1;
    case CXCursor_CXXForRangeStmt:  // what it goes over is evaluated once
      return clang_isStatement(clang_getCursorKind(child)) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

void Body::write(CXCursor cursor, const Spot& spot, std::uint64_t file) {
  const CXCursorKind kind = clang_getCursorKind(cursor);
  if (kind == CXCursor_CXXThrowExpr) {
    writer_.record(
        't', {function_, writer_.text(thrown_type(cursor)), file, spot.line, spot.column, depth_});
    return;
  }
  if (kind != CXCursor_CallExpr) return;
  const CXCursor callee = clang_getCursorReferenced(cursor);
  if (clang_Cursor_isNull(callee) != 0 || !is_function(clang_getCursorKind(callee))) return;
  const std::uint64_t is_virtual = clang_Cursor_isDynamicCall(cursor) != 0 ? 1 : 0;
  writer_.record('c', {function_, writer_.text(usr_of(callee)), file, spot.line, spot.column,
                       depth_, is_virtual});
}

}  // namespace automod::worker

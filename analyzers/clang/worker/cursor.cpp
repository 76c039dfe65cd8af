#include "analyzers/clang/worker/cursor.hpp"

#include <string_view>

namespace automod::worker {

std::string taken(CXString text) {
  const char* bytes = clang_getCString(text);
  std::string copy = bytes == nullptr ? "" : bytes;
  clang_disposeString(text);
  return copy;
}

std::string without_places(std::string text) {
  for (const std::string_view what : {"(unnamed ", "(anonymous ", "(lambda "}) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) {
      const std::size_t close = text.find(')', at);
      const std::size_t place = text.find(" at ", at);
      if (close == std::string::npos || place == std::string::npos || place > close) continue;
      text.erase(place, close - place);
    }
  }
  return text;
}

std::string written_type(CXType type) { return without_places(taken(clang_getTypeSpelling(type))); }

std::string exact_type(CXType type) { return written_type(clang_getCanonicalType(type)); }

Spot spot_of(CXCursor cursor) {
  Spot spot;
  clang_getExpansionLocation(clang_getCursorLocation(cursor), &spot.file, &spot.line, &spot.column,
                             nullptr);
  return spot;
}

std::vector<std::string> tokens_of(CXCursor cursor) {
  CXTranslationUnit unit = clang_Cursor_getTranslationUnit(cursor);
  CXToken* tokens = nullptr;
  unsigned count = 0;
  clang_tokenize(unit, clang_getCursorExtent(cursor), &tokens, &count);
  std::vector<std::string> words;
  for (unsigned i = 0; i < count; ++i) {
    if (clang_getTokenKind(tokens[i]) == CXToken_Comment) continue;
    words.push_back(taken(clang_getTokenSpelling(unit, tokens[i])));
  }
  clang_disposeTokens(unit, tokens, count);
  return words;
}

std::string joined(const std::vector<std::string>& tokens, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < tokens.size(); ++i) text += (i > from ? " " : "") + tokens[i];
  return text;
}

std::size_t behind_equals(const std::vector<std::string>& tokens) {
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    if (token == "(" || token == "[" || token == "{") ++depth;
    if (token == ")" || token == "]" || token == "}") --depth;
    if (token == "=" && depth == 0) return i + 1;
  }
  return tokens.size();
}

namespace {

CXCursorKind kind_or_templated(CXCursor cursor) {
  const CXCursorKind kind = clang_getCursorKind(cursor);
  const bool templated = kind == CXCursor_ClassTemplate || kind == CXCursor_FunctionTemplate ||
                         kind == CXCursor_ClassTemplatePartialSpecialization;
  return templated ? clang_getTemplateCursorKind(cursor) : kind;
}

}  // namespace

bool kind_of(CXCursor cursor, ast::Kind& kind) {
  switch (kind_or_templated(cursor)) {
    case CXCursor_FunctionDecl:
      kind = ast::Kind::kFunction;
      return true;
    case CXCursor_CXXMethod:
      kind = ast::Kind::kMethod;
      return true;
    case CXCursor_Constructor:
      kind = ast::Kind::kConstructor;
      return true;
    case CXCursor_Destructor:
      kind = ast::Kind::kDestructor;
      return true;
    case CXCursor_ConversionFunction:
      kind = ast::Kind::kConversion;
      return true;
    case CXCursor_ClassDecl:
      kind = ast::Kind::kClass;
      return true;
    case CXCursor_StructDecl:
      kind = ast::Kind::kStruct;
      return true;
    case CXCursor_UnionDecl:
      kind = ast::Kind::kUnion;
      return true;
    case CXCursor_EnumDecl:
      kind = ast::Kind::kEnum;
      return true;
    case CXCursor_EnumConstantDecl:
      kind = ast::Kind::kEnumerator;
      return true;
    case CXCursor_FieldDecl:
      kind = ast::Kind::kField;
      return true;
    case CXCursor_VarDecl:
      kind = ast::Kind::kVariable;
      return true;
    case CXCursor_TypedefDecl:
    case CXCursor_TypeAliasDecl:
    case CXCursor_TypeAliasTemplateDecl:
      kind = ast::Kind::kAlias;
      return true;
    case CXCursor_ConceptDecl:
      kind = ast::Kind::kConcept;
      return true;
    default:
      return false;
  }
}

bool is_record(CXCursorKind kind) {
  return kind == CXCursor_StructDecl || kind == CXCursor_ClassDecl || kind == CXCursor_UnionDecl ||
         kind == CXCursor_ClassTemplate || kind == CXCursor_ClassTemplatePartialSpecialization;
}

bool throws_nothing(CXCursor function) {
  switch (clang_getCursorExceptionSpecificationType(function)) {
    case CXCursor_ExceptionSpecificationKind_BasicNoexcept:
    case CXCursor_ExceptionSpecificationKind_DynamicNone:
    case CXCursor_ExceptionSpecificationKind_NoThrow:
      return true;
    case CXCursor_ExceptionSpecificationKind_ComputedNoexcept:
      // The kind is the same for all three outcomes; the canonical type knows which.
      return exact_type(clang_getCursorType(function)).ends_with("noexcept");
    case CXCursor_ExceptionSpecificationKind_Unevaluated:
      return clang_getCursorKind(function) == CXCursor_Destructor;
    default:
      return false;
  }
}

ast::Access access_of(CXCursor cursor) {
  switch (clang_getCXXAccessSpecifier(cursor)) {
    case CX_CXXPrivate:
      return ast::Access::kPrivate;
    case CX_CXXProtected:
      return ast::Access::kProtected;
    default:
      return ast::Access::kPublic;
  }
}

std::uint64_t flags_of(CXCursor cursor) {
  const CXCursorKind kind = clang_getCursorKind(cursor);
  std::uint64_t flags = 0;
  const auto set = [&flags](ast::Flags flag, bool on) {
    if (on) flags |= flag;
  };
  set(ast::kDefinition, clang_isCursorDefinition(cursor) != 0);
  set(ast::kVirtual, clang_CXXMethod_isVirtual(cursor) != 0);
  set(ast::kPure, clang_CXXMethod_isPureVirtual(cursor) != 0);
  set(ast::kConst, clang_CXXMethod_isConst(cursor) != 0);
  set(ast::kStatic, clang_CXXMethod_isStatic(cursor) != 0);
  set(ast::kInline, clang_Cursor_isFunctionInlined(cursor) != 0);
  set(ast::kDeleted, clang_CXXMethod_isDeleted(cursor) != 0);
  set(ast::kDefaulted, clang_CXXMethod_isDefaulted(cursor) != 0);
  set(ast::kExplicit, clang_CXXMethod_isExplicit(cursor) != 0);
  set(ast::kNoexcept, throws_nothing(cursor));
  set(ast::kVariadic, clang_Cursor_isVariadic(cursor) != 0);
  set(ast::kTemplate, kind == CXCursor_ClassTemplate || kind == CXCursor_FunctionTemplate ||
                          kind == CXCursor_TypeAliasTemplateDecl ||
                          kind == CXCursor_ClassTemplatePartialSpecialization);
  set(ast::kScoped, clang_EnumDecl_isScoped(cursor) != 0);
  set(ast::kHidden, clang_getCursorVisibility(cursor) == CXVisibility_Hidden);
  set(ast::kInternal, clang_getCursorLinkage(cursor) == CXLinkage_Internal);
  set(ast::kAbstract, is_record(kind) && clang_CXXRecord_isAbstract(cursor) != 0);
  set(ast::kPod, is_record(kind) && clang_isPODType(clang_getCursorType(cursor)) != 0);
  each_child(cursor, [&](CXCursor child) {
    set(ast::kFinal, clang_getCursorKind(child) == CXCursor_CXXFinalAttr);
  });
  return flags;
}

}  // namespace automod::worker

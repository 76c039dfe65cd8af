#include "analyzers/clang/worker/reader.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "analyzers/clang/worker/smells.hpp"

namespace automod::worker {

namespace {

constexpr unsigned kMostProblems = 20;

bool is_function(ast::Kind kind) { return kind <= ast::Kind::kConversion; }

bool is_value(ast::Kind kind) { return kind == ast::Kind::kVariable || kind == ast::Kind::kField; }

/// Without the parameters that libclang gives to a template's constructors.
std::string name_of(CXCursor cursor, ast::Kind kind) {
  std::string name = without_places(taken(clang_getCursorSpelling(cursor)));
  if (kind == ast::Kind::kConstructor || kind == ast::Kind::kDestructor) {
    name.resize(std::min(name.size(), name.find('<')));
  }
  return name;
}

/// As the declaration would be written by one who leaves bodies out.
std::string text_of(CXCursor cursor) {
  CXPrintingPolicy policy = clang_getCursorPrintingPolicy(cursor);
  clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_TerseOutput, 1);
  clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_PolishForDeclaration, 1);
  clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_AnonymousTagLocations, 0);
  const std::string printed = taken(clang_getCursorPrettyPrinted(cursor, policy));
  clang_PrintingPolicy_dispose(policy);
  std::string text;
  for (const char c : printed) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t';
    if (is_space && (text.empty() || text.back() == ' ')) continue;
    text += is_space ? ' ' : c;
  }
  for (const std::string_view tail : {" ", "{}", "{ }", " "}) {
    if (text.ends_with(tail)) text.resize(text.size() - tail.size());
  }
  return without_places(std::move(text));
}

CXType type_behind(CXCursor cursor, ast::Kind kind) {
  if (kind == ast::Kind::kEnum) return clang_getEnumDeclIntegerType(cursor);
  if (kind != ast::Kind::kAlias) return clang_getCursorType(cursor);
  CXType type = clang_getTypedefDeclUnderlyingType(cursor);
  each_child(cursor, [&](CXCursor child) {  // of an alias template
    if (clang_getCursorKind(child) == CXCursor_TypeAliasDecl) {
      type = clang_getTypedefDeclUnderlyingType(child);
    }
  });
  return type;
}

std::string enumerator_value(CXCursor cursor) {
  const CXType type = clang_getEnumDeclIntegerType(clang_getCursorSemanticParent(cursor));
  const CXTypeKind kind = clang_getCanonicalType(type).kind;
  const bool is_signed = kind >= CXType_Char_S && kind <= CXType_Int128;
  return is_signed ? std::to_string(clang_getEnumConstantDeclValue(cursor))
                   : std::to_string(clang_getEnumConstantDeclUnsignedValue(cursor));
}

std::string value_of(CXCursor cursor, ast::Kind kind) {
  if (kind == ast::Kind::kEnumerator) return enumerator_value(cursor);
  if (!is_value(kind)) return {};
  const auto tokens = tokens_of(cursor);
  return joined(tokens, behind_equals(tokens));
}

std::string body_digest(CXCursor cursor) {
  std::string digest;
  each_child(cursor, [&](CXCursor child) {
    const CXCursorKind kind = clang_getCursorKind(child);
    if (kind != CXCursor_CompoundStmt && kind != CXCursor_CXXTryStmt) return;
    std::uint64_t sum = fnv("");
    for (const std::string& token : tokens_of(child)) sum = fnv("\n", fnv(token, sum));
    digest = hex(sum);
  });
  return digest;
}

/// "<typename, int N = 3>" without the names, which callers do not write.
std::string template_text(CXCursor cursor) {
  std::string text;
  each_child(cursor, [&](CXCursor child) {
    const CXCursorKind kind = clang_getCursorKind(child);
    if (kind != CXCursor_TemplateTypeParameter && kind != CXCursor_NonTypeTemplateParameter &&
        kind != CXCursor_TemplateTemplateParameter) {
      return;
    }
    auto tokens = tokens_of(child);
    const std::string name = taken(clang_getCursorSpelling(child));
    const auto own = std::ranges::find(tokens, name);
    if (!name.empty() && own != tokens.end()) tokens.erase(own);
    std::ranges::replace(tokens, std::string("class"), std::string("typename"));
    text += (text.empty() ? "" : ", ") + joined(tokens, 0);
  });
  return text.empty() ? text : "<" + text + ">";
}

/// Numbers that may be absent are written one up; 0 says that there is none.
std::uint64_t one_up(long long number) {
  return number < 0 ? 0 : static_cast<std::uint64_t>(number) + 1;
}

}  // namespace

Reader::Reader(CXTranslationUnit unit, std::string root, Mode mode, Writer& writer)
    : unit_(unit),
      root_(std::move(root) + "/"),
      folder_(std::filesystem::current_path().string()),
      mode_(mode),
      writer_(writer) {}

void Reader::read() {
  write_problems();
  write_includes();
  walk(clang_getTranslationUnitCursor(unit_));
}

std::optional<std::uint64_t> Reader::project_file(CXFile file) {
  if (file == nullptr) return std::nullopt;
  const auto [place, is_new] = files_.try_emplace(file);
  if (!is_new) return place->second;
  std::string path = taken(clang_getFileName(file));
  if (!path.starts_with('/')) path.insert(0, folder_ + "/");
  const std::string plain = std::filesystem::path(path).lexically_normal().string();
  if (plain.starts_with(root_)) place->second = writer_.file(path);
  return place->second;
}

Reader::Around Reader::around(CXCursor cursor) {
  Around found;
  CXCursor at = clang_getCursorSemanticParent(cursor);
  for (; clang_Cursor_isNull(at) == 0; at = clang_getCursorSemanticParent(at)) {
    const CXCursorKind kind = clang_getCursorKind(at);
    if (kind == CXCursor_TranslationUnit || clang_isInvalid(kind) != 0) break;
    if (kind == CXCursor_LinkageSpec || kind == CXCursor_UnexposedDecl) continue;
    found.access = std::max(found.access, access_of(at));
    if (is_record(kind) && clang_Cursor_isAnonymousRecordDecl(at) != 0) continue;
    if (kind == CXCursor_EnumDecl && clang_Cursor_isAnonymous(at) != 0) continue;
    const std::string name = without_places(taken(clang_getCursorSpelling(at)));
    const bool holds = is_record(kind) || kind == CXCursor_EnumDecl;
    if (kind == CXCursor_Namespace ? name.empty() || name.starts_with('(') : !holds) {
      found.is_local = true;
    }
    found.is_dependent = found.is_dependent || kind == CXCursor_ClassTemplate ||
                         kind == CXCursor_ClassTemplatePartialSpecialization;
    if (holds && clang_Cursor_isNull(found.record) != 0) found.record = at;
    found.prefix.insert(0, name + "::");
    if (holds)
      found.scope.insert(0, found.scope.empty() ? name : name + "::");
    else if (!found.scope.empty())
      found.scope.insert(0, name + "::");
  }
  found.access = std::max(found.access, access_of(cursor));
  return found;
}

void Reader::walk(CXCursor cursor) {
  each_child(cursor, [this](CXCursor child) { visit(child); });
}

void Reader::visit(CXCursor cursor) {
  const Spot spot = spot_of(cursor);
  if (!project_file(spot.file)) return;
  const CXCursorKind kind = clang_getCursorKind(cursor);
  if (kind == CXCursor_MacroDefinition) return write_macro(cursor);
  if (kind == CXCursor_Namespace || kind == CXCursor_LinkageSpec ||
      kind == CXCursor_UnexposedDecl) {
    return walk(cursor);
  }
  if (kind == CXCursor_FriendDecl) {
    return each_child(cursor, [this](CXCursor child) {
      ast::Kind what{};
      if (kind_of(child, what) && is_function(what)) declare(child, what);
    });
  }
  ast::Kind what{};
  if (!kind_of(cursor, what)) return;
  if (!is_record(kind) || clang_Cursor_isAnonymousRecordDecl(cursor) == 0) declare(cursor, what);
  if (is_record(kind) || kind == CXCursor_EnumDecl) walk(cursor);
}

void Reader::declare(CXCursor cursor, ast::Kind kind) {
  const Spot spot = spot_of(cursor);
  const auto file = project_file(spot.file);
  const Around found = around(cursor);
  if (!file || (mode_ == Mode::kSurface && found.is_local)) return;
  const std::string name = name_of(cursor, kind);
  const CXType type = type_behind(cursor, kind);
  const CXType own = clang_getCursorType(cursor);
  const bool is_type = kind >= ast::Kind::kClass && kind <= ast::Kind::kEnum;
  const bool is_layable = is_type && clang_isCursorDefinition(cursor) != 0;
  const bool has_symbol = (is_function(kind) || kind == ast::Kind::kVariable) &&
                          !found.is_dependent &&
                          clang_getCursorKind(cursor) != CXCursor_FunctionTemplate;
  const bool is_field = kind == ast::Kind::kField;
  const long long offset =
      is_field && !name.empty()
          ? clang_Type_getOffsetOf(clang_getCursorType(found.record), name.c_str())
          : -1;
  const std::uint64_t usr = writer_.text(taken(clang_getCursorUSR(cursor)));
  std::uint64_t flags = flags_of(cursor);
  CXCursor* overridden = nullptr;
  unsigned overrides = 0;
  clang_getOverriddenCursors(cursor, &overridden, &overrides);
  if (overrides > 0) flags |= ast::kOverrides;
  if (kind == ast::Kind::kVariable && clang_Cursor_getStorageClass(cursor) == CX_SC_Static) {
    flags |= ast::kStatic;
  }
  const std::string result = is_function(kind) ? exact_type(clang_getCursorResultType(cursor)) : "";
  writer_.record(
      's', {static_cast<std::uint64_t>(kind),
            usr,
            writer_.text(found.prefix + name),
            writer_.text(found.scope),
            writer_.text(is_type && kind != ast::Kind::kEnum ? "" : written_type(type)),
            writer_.text(is_type && kind != ast::Kind::kEnum ? "" : exact_type(type)),
            writer_.text(result),
            writer_.text(text_of(cursor)),
            writer_.text(value_of(cursor, kind)),
            writer_.text(mode_ == Mode::kSurface && is_function(kind) ? body_digest(cursor) : ""),
            writer_.text(template_text(cursor)),
            writer_.text(has_symbol ? taken(clang_Cursor_getMangling(cursor)) : ""),
            *file,
            spot.line,
            spot.column,
            flags,
            static_cast<std::uint64_t>(found.access),
            one_up(is_layable ? clang_Type_getSizeOf(own) : -1),
            one_up(is_layable ? clang_Type_getAlignOf(own) : -1),
            one_up(offset),
            one_up(is_field ? clang_getFieldDeclBitWidth(cursor) : -1)});
  for (unsigned i = 0; i < overrides; ++i) {
    writer_.record('o', {usr, writer_.text(taken(clang_getCursorUSR(overridden[i])))});
  }
  clang_disposeOverriddenCursors(overridden);
  write_parts(cursor, kind, usr);
}

void Reader::write_parts(CXCursor cursor, ast::Kind kind, std::uint64_t usr) {
  each_child(cursor, [&](CXCursor child) {
    const CXCursorKind part = clang_getCursorKind(child);
    if (part == CXCursor_ParmDecl && is_function(kind)) {
      const auto tokens = tokens_of(child);
      const CXType type = clang_getCursorType(child);
      writer_.record('p', {writer_.text(taken(clang_getCursorSpelling(child))),
                           writer_.text(written_type(type)), writer_.text(exact_type(type)),
                           writer_.text(joined(tokens, behind_equals(tokens)))});
    } else if (part == CXCursor_CXXBaseSpecifier) {
      writer_.record('b', {writer_.text(exact_type(clang_getCursorType(child))),
                           clang_isVirtualBase(child) != 0 ? 1u : 0u,
                           static_cast<std::uint64_t>(access_of(child))});
    }
  });
  if (mode_ == Mode::kSurface || !is_function(kind) || clang_isCursorDefinition(cursor) == 0)
    return;
  const auto file_number = [this](CXFile file) { return project_file(file); };
  Body(usr, writer_).read(cursor, file_number);
  if (mode_ == Mode::kSmells) find_smells(cursor, usr, file_number, writer_);
}

void Reader::write_macro(CXCursor cursor) {
  const Spot spot = spot_of(cursor);
  const auto file = project_file(spot.file);
  if (mode_ != Mode::kSurface || !file || clang_Cursor_isMacroBuiltin(cursor) != 0) return;
  const auto tokens = tokens_of(cursor);
  const bool is_callable = clang_Cursor_isMacroFunctionLike(cursor) != 0;
  if (tokens.size() <= 1 && guarded_.insert(spot.file).second &&
      clang_isFileMultipleIncludeGuarded(unit_, spot.file) != 0) {
    return;  // the first empty macro of a guarded file is its guard
  }
  std::size_t body = 1;
  if (is_callable) {
    const auto close = std::ranges::find(tokens, std::string(")"));
    body = static_cast<std::size_t>(close - tokens.begin()) + (close == tokens.end() ? 0 : 1);
  }
  const std::vector<std::string> head(tokens.begin(),
                                      tokens.begin() + static_cast<std::ptrdiff_t>(body));
  const std::string name = taken(clang_getCursorSpelling(cursor));
  const std::uint64_t parameters = writer_.text(is_callable ? joined(head, 1) : "");
  const std::uint64_t none = writer_.text("");
  writer_.record('s', {static_cast<std::uint64_t>(ast::Kind::kMacro),
                       writer_.text(taken(clang_getCursorUSR(cursor))),
                       writer_.text(name),
                       none,
                       parameters,
                       parameters,
                       none,
                       writer_.text("#define " + joined(tokens, 0)),
                       writer_.text(joined(tokens, body)),
                       none,
                       none,
                       none,
                       *file,
                       spot.line,
                       spot.column,
                       ast::kDefinition | (is_callable ? ast::kCallable : 0),
                       0,
                       0,
                       0,
                       0,
                       0});
}

void Reader::write_includes() {
  clang_getInclusions(
      unit_,
      [](CXFile included, CXSourceLocation* stack, unsigned length, CXClientData data) {
        if (length == 0) return;
        auto& self = *static_cast<Reader*>(data);
        CXFile from = nullptr;
        unsigned line = 0;
        clang_getExpansionLocation(stack[0], &from, &line, nullptr, nullptr);
        const auto file = self.project_file(from);
        if (!file) return;
        const std::string path = taken(clang_getFileName(included));
        self.writer_.record('i', {*file, self.writer_.text(path), line});
      },
      this);
}

bool Reader::write_warning(CXDiagnostic one) {
  const auto smell = smell_of_warning(taken(clang_getDiagnosticOption(one, nullptr)));
  if (!smell) return false;
  Spot spot;
  unsigned offset = 0;
  clang_getExpansionLocation(clang_getDiagnosticLocation(one), &spot.file, &spot.line, &spot.column,
                             &offset);
  const auto file = project_file(spot.file);
  if (!file) return true;
  const std::uint64_t none = writer_.text("");
  writer_.record('m', {static_cast<std::uint64_t>(*smell), none,
                       writer_.text(taken(clang_getDiagnosticSpelling(one))), none, none, *file,
                       spot.line, spot.column, offset, 0});
  return true;
}

void Reader::write_problems() {
  std::uint64_t errors = 0;
  for (unsigned i = 0; i < clang_getNumDiagnostics(unit_); ++i) {
    CXDiagnostic one = clang_getDiagnostic(unit_, i);
    const bool is_ours = write_warning(one);  // though -Werror makes it an error
    if (!is_ours && clang_getDiagnosticSeverity(one) >= CXDiagnostic_Error &&
        ++errors <= kMostProblems) {
      CXFile file = nullptr;
      unsigned line = 0;
      clang_getExpansionLocation(clang_getDiagnosticLocation(one), &file, &line, nullptr, nullptr);
      writer_.record('d', {writer_.text(file == nullptr ? "" : taken(clang_getFileName(file))),
                           line, writer_.text(taken(clang_getDiagnosticSpelling(one)))});
    }
    clang_disposeDiagnostic(one);
  }
  writer_.record('u', {errors});
}

}  // namespace automod::worker

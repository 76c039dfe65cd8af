#include <algorithm>
#include <array>

#include "analyzers/clang/worker/smells.hpp"

// Results that nobody looks at, and lambdas that outlive what they refer to.
namespace automod::worker {

namespace {

/// "Status" of "net::Status<int>".
std::string last_name(CXCursor declaration) {
  const std::string name = taken(clang_getCursorSpelling(declaration));
  return name.substr(0, name.find('<'));
}

/// A type of the project that says by its name that something may have gone wrong.
bool tells_of_failure(CXType result, const SmellWriter& found) {
  const CXType type = clang_getCanonicalType(result);
  const CXCursor declaration = clang_getTypeDeclaration(type);
  if (clang_Cursor_isNull(declaration) != 0 || !found.is_of_project(declaration)) return false;
  const std::string name = last_name(declaration);
  if (type.kind == CXType_Enum) {
    return name.ends_with("Error") || name.ends_with("ErrorCode") || name.ends_with("Errc") ||
           name.ends_with("Result") || name == "Status";
  }
  static constexpr std::array kClasses = {"Result",  "Status",   "StatusOr", "Error",
                                          "ErrorOr", "Expected", "ErrorCode"};
  return type.kind == CXType_Record && std::ranges::find(kClasses, name) != kClasses.end();
}

bool is_of_system(CXCursor function) {
  return clang_Location_isInSystemHeader(clang_getCursorLocation(function)) != 0 &&
         clang_getCursorKind(clang_getCursorSemanticParent(function)) != CXCursor_Namespace;
}

/// Functions of POSIX whose failure leaves something undone that the program goes on to rely on.
/// Those of the C library, and setuid() and its like, are clang-tidy's.
bool fails_silently(const BodyTree& body, NodeId call) {
  if (!body.is_call(call, {"write",   "writev", "pwrite",        "read",      "readv",    "pread",
                           "chdir",   "fchdir", "chroot",        "ftruncate", "truncate", "dup2",
                           "pipe",    "pipe2",  "fsync",         "fdatasync", "bind",     "listen",
                           "symlink", "link",   "pthread_create"})) {
    return false;
  }
  if (!is_of_system(body.target(call)) || body.object(call) != 0) return false;
  const auto given = body.arguments(call);
  if (given.empty()) return false;
  const std::string first = body.text(given[0]);
  return first != "1" && first != "2" && first != "STDOUT_FILENO" && first != "STDERR_FILENO";
}

void find_dropped(const BodyTree& body, NodeId call, SmellWriter& found) {
  const CXCursor called = body.target(call);
  const CXCursorKind kind = clang_getCursorKind(called);
  if (kind != CXCursor_FunctionDecl && kind != CXCursor_CXXMethod) return;
  if (body.name(call).starts_with("operator") || !body.is_statement(call)) return;
  if (fails_silently(body, call)) {
    found.add(ast::Smell::kFailureUnseen, call, {.subject = body.name(call)});
  } else if (tells_of_failure(clang_getCursorResultType(called), found)) {
    found.add(ast::Smell::kResultDropped, call,
              {.subject = body.name(call),
               .detail = last_name(clang_getTypeDeclaration(
                   clang_getCanonicalType(clang_getCursorResultType(called))))});
  }
}

/// What stands between the brackets: "&, this, x".
std::string captures_of(const BodyTree& body, NodeId lambda) {
  std::string text;
  int depth = 0;
  for (const std::string& token : tokens_of(body[lambda].cursor)) {
    if (token == "]" && --depth == 0) break;
    if (depth > 0) text += token;
    if (token == "[") ++depth;
  }
  return text;
}

bool is_by_reference(std::string_view captures, const std::string& name) {
  const std::string list = "," + std::string(captures) + ",";
  const bool is_named = list.find("," + name + ",") != std::string::npos ||
                        list.find("," + name + "=") != std::string::npos;
  if (list.find(",&" + name + ",") != std::string::npos) return true;
  return list.find(",&,") != std::string::npos && !is_named;
}

/// A variable of the function that the lambda refers to and that dies with it; 0: none.
NodeId borrowed(const BodyTree& body, NodeId lambda) {
  const std::string captures = captures_of(body, lambda);
  for (NodeId id = lambda; id < body[lambda].end; ++id) {
    if (body[id].kind != CXCursor_DeclRefExpr) continue;
    const NodeId variable = body.declaration(body.path(id));
    if (variable == 0 || body.contains(lambda, variable)) continue;
    const CXCursor cursor = body[variable].cursor;
    const bool stays = is_reference(clang_getCanonicalType(clang_getCursorType(cursor))) ||
                       clang_Cursor_getStorageClass(cursor) == CX_SC_Static;
    if (!stays && is_by_reference(captures, body.name(variable))) return variable;
  }
  return 0;
}

/// The first around it that is more than a conversion, as of a lambda to a std::function.
NodeId receiver_of(const BodyTree& body, NodeId lambda) {
  NodeId at = body[lambda].parent;
  while (body.is_construction(at) && body.children(at).size() == 1 &&
         !is_std(body.type(at), {"thread", "jthread"})) {
    at = body[at].parent;
  }
  return at;
}

bool is_detached(const BodyTree& body, NodeId thread) {
  const NodeId around = body[thread].parent;
  if (body[around].kind == CXCursor_MemberRefExpr) return body.name(around) == "detach";
  if (body[around].kind != CXCursor_VarDecl) return false;
  for (NodeId id = body[around].end; id < body.size(); ++id) {
    if (body.is_call(id, {"detach"}) && body.object_path(id) == body.own_path(around)) return true;
  }
  return false;
}

bool is_of_this(std::string_view path) { return path.starts_with("this."); }

/// Does the function do anything more, as waiting until the lambda has run?
bool goes_on(const BodyTree& body, NodeId at) {
  for (NodeId id = body[body.statement(at)].end; id < body.size(); ++id) {
    if (body[id].kind == CXCursor_CallExpr && !body.is_call(id, {"detach"})) return true;
  }
  return false;
}

/// Is the lambda kept by what lives longer than the call?
bool escapes(const BodyTree& body, NodeId lambda) {
  const NodeId at = receiver_of(body, lambda);
  if (body[at].kind == CXCursor_ReturnStmt) return body[at].lambda == body[lambda].lambda;
  if (body.is_construction(at) && is_std(body.type(at), {"thread"}))
    return is_detached(body, at) && !goes_on(body, at);
  if (!body.is_call(at, {"operator=", "push_back", "emplace_back"})) return false;
  return is_of_this(body.object_path(at)) && !goes_on(body, at);
}

}  // namespace

void find_results(const BodyTree& body, SmellWriter& found) {
  for (NodeId id = 1; id < body.size(); ++id) {
    if (body[id].kind == CXCursor_CallExpr) find_dropped(body, id, found);
  }
}

void find_captures(const BodyTree& body, SmellWriter& found) {
  for (NodeId id = 1; id < body.size(); ++id) {
    if (body[id].kind != CXCursor_LambdaExpr || body[id].lambda != 0 || !escapes(body, id))
      continue;
    if (const NodeId variable = borrowed(body, id); variable != 0) {
      found.add(ast::Smell::kEscapingCapture, id, {.subject = body.name(variable)});
    }
  }
}

}  // namespace automod::worker

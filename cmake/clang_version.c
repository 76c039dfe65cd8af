#include <clang-c/CXString.h>
#include <clang-c/Index.h>
#include <stdio.h>

int main(void) {
  const CXString version = clang_getClangVersion();
  const char* text = clang_getCString(version);
  const int failed = text == NULL || fputs(text, stdout) == EOF;
  clang_disposeString(version);
  return failed;
}

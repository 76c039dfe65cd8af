# "automod/version.hpp": what `automod --version` cannot ask a linked library at run time.

function(automod_npm_version package result)
  file(READ "${AUTOMOD_NODE_MODULES}/${package}/package.json" manifest)
  string(JSON version GET "${manifest}" version)
  set(${result} "${version}" PARENT_SCOPE)
endfunction()

automod_npm_version(tree-sitter AUTOMOD_TREE_SITTER_VERSION)
set(AUTOMOD_GRAMMAR_VERSIONS "")
foreach(language c cpp go java javascript python rust typescript)
  automod_npm_version(tree-sitter-${language} version)
  string(APPEND AUTOMOD_GRAMMAR_VERSIONS "    {\"${language}\", \"${version}\"},\n")
endforeach()

# Only the helper links libclang: to load LLVM takes longer than most commands take in all.
try_run(AUTOMOD_CLANG_RUN AUTOMOD_CLANG_COMPILED
  SOURCES "${CMAKE_CURRENT_LIST_DIR}/clang_version.c"
  CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${AUTOMOD_CLANG_INCLUDE}"
  LINK_LIBRARIES "${AUTOMOD_CLANG_LIBRARY}"
  RUN_OUTPUT_VARIABLE AUTOMOD_CLANG_VERSION)
if(NOT AUTOMOD_CLANG_COMPILED OR NOT AUTOMOD_CLANG_RUN EQUAL 0)
  message(FATAL_ERROR "libclang ${AUTOMOD_LLVM_VERSION} cannot be used; run scripts/setup")
endif()
set(AUTOMOD_CLANG_VERSION "${AUTOMOD_CLANG_VERSION}" CACHE INTERNAL "what libclang calls itself")

configure_file("${PROJECT_SOURCE_DIR}/cmake/version.hpp.in"
  "${PROJECT_BINARY_DIR}/generated/automod/version.hpp" @ONLY)

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

configure_file("${PROJECT_SOURCE_DIR}/cmake/version.hpp.in"
  "${PROJECT_BINARY_DIR}/generated/automod/version.hpp" @ONLY)

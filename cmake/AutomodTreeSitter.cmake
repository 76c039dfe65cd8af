# The tree-sitter core and grammars, compiled from the C sources in their npm packages:
#   automod::dep::tree_sitter       the core
#   automod::dep::ts_<language>     one grammar each; its only symbol is to be declared by who
#                                   uses it: extern "C" const TSLanguage* tree_sitter_<language>()
# Versions are pinned by third_party/package-lock.json.

set(AUTOMOD_NODE_MODULES "${PROJECT_SOURCE_DIR}/third_party/node_modules")
set(AUTOMOD_TS_CORE "${AUTOMOD_NODE_MODULES}/tree-sitter/vendor/tree-sitter/lib")
if(NOT EXISTS "${AUTOMOD_TS_CORE}/src/lib.c")
  message(FATAL_ERROR "tree-sitter's sources are missing under third_party/; run scripts/setup")
endif()

add_library(automod_ts_core STATIC "${AUTOMOD_TS_CORE}/src/lib.c")
target_include_directories(automod_ts_core PRIVATE "${AUTOMOD_TS_CORE}/src")
target_include_directories(automod_ts_core SYSTEM PUBLIC "${AUTOMOD_TS_CORE}/include")
target_compile_definitions(automod_ts_core PRIVATE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
# A parser without optimization is slow enough to be felt in every debug build.
target_compile_options(automod_ts_core PRIVATE -w $<$<CONFIG:Debug>:-O2>)
set_target_properties(automod_ts_core PROPERTIES C_STANDARD 11)
automod_dependency(tree_sitter automod_ts_core)

# automod_grammar(<language> <folder with src/parser.c, below node_modules>)
function(automod_grammar language folder)
  set(src "${AUTOMOD_NODE_MODULES}/${folder}/src")
  set(sources "${src}/parser.c")
  if(EXISTS "${src}/scanner.c")
    list(APPEND sources "${src}/scanner.c")
  endif()
  add_library(automod_ts_grammar_${language} STATIC ${sources})
  target_include_directories(automod_ts_grammar_${language} PRIVATE "${src}")
  target_compile_options(automod_ts_grammar_${language} PRIVATE -w)
  set_source_files_properties("${src}/parser.c" PROPERTIES
    COMPILE_OPTIONS "-include;${PROJECT_SOURCE_DIR}/cmake/fast_lexer.h"
    OBJECT_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/fast_lexer.h")
  set_target_properties(automod_ts_grammar_${language} PROPERTIES C_STANDARD 11)
  target_link_libraries(automod_ts_grammar_${language} INTERFACE automod_ts_core)
  automod_dependency(ts_${language} automod_ts_grammar_${language})
endfunction()

automod_grammar(c tree-sitter-c)
automod_grammar(cpp tree-sitter-cpp)
automod_grammar(go tree-sitter-go)
automod_grammar(java tree-sitter-java)
automod_grammar(javascript tree-sitter-javascript)
automod_grammar(python tree-sitter-python)
automod_grammar(rust tree-sitter-rust)
automod_grammar(tsx tree-sitter-typescript/tsx)
automod_grammar(typescript tree-sitter-typescript/typescript)

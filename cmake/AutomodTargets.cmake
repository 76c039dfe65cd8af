# How a folder declares what it builds.

# automod_library(<name> SOURCES <file>... [PUBLIC <target>...] [LINK <target>...])
# A static library of one folder. PUBLIC: what its headers need; LINK: what only its sources need.
function(automod_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;LINK")
  automod_refuse_unparsed(${name} "${arg_UNPARSED_ARGUMENTS}")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_LINK})
  automod_ours(${name})
endfunction()

# automod_program(<name> SOURCES <file>... [LINK <target>...] [HELPER])
# An installed program: in bin/, or with HELPER in libexec/automod/.
function(automod_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "HELPER" "" "SOURCES;LINK")
  automod_refuse_unparsed(${name} "${arg_UNPARSED_ARGUMENTS}")
  set(place "${CMAKE_INSTALL_BINDIR}")
  if(arg_HELPER)
    set(place "${CMAKE_INSTALL_LIBEXECDIR}/automod")
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  automod_ours(${name})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${place}")
  install(TARGETS ${name} RUNTIME DESTINATION "${place}")
endfunction()

# automod_test(<name> SOURCES <file>... LINK <target>...)
# One unit test program, `unit_<name>`, which ctest knows as `unit.<name>`.
function(automod_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  automod_refuse_unparsed(${name} "${arg_UNPARSED_ARGUMENTS}")
  add_executable(unit_${name} ${arg_SOURCES})
  target_link_libraries(unit_${name} PRIVATE automod_test_main ${arg_LINK})
  automod_ours(unit_${name})
  # Wrong about strings that a designated initializer leaves out, as g++ 12 sees them at -O3.
  target_compile_options(unit_${name} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  set_target_properties(unit_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_test(NAME unit.${name} COMMAND unit_${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 600)
  if(AUTOMOD_SANITIZE)
    set_tests_properties(unit.${name} PROPERTIES ENVIRONMENT "${AUTOMOD_SANITIZER_ENVIRONMENT}")
  endif()
endfunction()

# automod_embed(<target> <file> <symbol>)
# Compiles a text file into the target as `automod::embedded::<symbol>`, a std::string_view
# that is declared in "embedded/<symbol>.hpp". The file is read again whenever it changes.
function(automod_embed target file symbol)
  get_filename_component(input "${file}" ABSOLUTE)
  set(stem "${PROJECT_BINARY_DIR}/generated/embedded/${symbol}")
  add_custom_command(
    OUTPUT "${stem}.cpp" "${stem}.hpp"
    COMMAND "${CMAKE_COMMAND}" -D "input=${input}" -D "stem=${stem}" -D "symbol=${symbol}"
      -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS "${input}" "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    COMMENT "Embedding ${file}"
    VERBATIM)
  target_sources(${target} PRIVATE "${stem}.cpp" "${stem}.hpp")
endfunction()

# automod_ours(<target>) holds a target to our rules.
function(automod_ours target)
  target_link_libraries(${target} PRIVATE automod_settings automod_warnings)
  if(AUTOMOD_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${AUTOMOD_CLANG_TIDY};--quiet")
  endif()
endfunction()

function(automod_refuse_unparsed name unparsed)
  if(unparsed)
    message(FATAL_ERROR "${name}: what is '${unparsed}'?")
  endif()
endfunction()

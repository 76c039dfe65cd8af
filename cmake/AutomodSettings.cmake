# What every target of ours is compiled with. Third-party code gets none of it.
#   automod_settings  language level, include root, sanitizers, hardening
#   automod_warnings  strict warnings, all of them errors

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Both programs find each other by relative place, in the build folder as after installation.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_BINDIR}")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Debug CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

option(AUTOMOD_WERROR "treat warnings in our own code as errors" ON)
option(AUTOMOD_TIDY "run clang-tidy on every file of ours as it is compiled" OFF)
set(AUTOMOD_SANITIZE "" CACHE STRING "sanitizers to build with, such as address,undefined")

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(AUTOMOD_CCACHE ccache)
  if(AUTOMOD_CCACHE)
    # With paths below the checkout taken as relative, one clone profits from what another built.
    set(automod_launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
      CCACHE_NOHASHDIR=true "${AUTOMOD_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER "${automod_launcher}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${automod_launcher}")
  endif()
endif()

if(AUTOMOD_TIDY)
  find_program(AUTOMOD_CLANG_TIDY clang-tidy-19 REQUIRED)
endif()

find_package(Threads REQUIRED)

add_library(automod_settings INTERFACE)
target_compile_features(automod_settings INTERFACE cxx_std_23)
target_include_directories(automod_settings INTERFACE
  "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_link_libraries(automod_settings INTERFACE Threads::Threads)
# What is read may be hostile: an index out of bounds ends the program, in every kind of build.
target_compile_definitions(automod_settings INTERFACE _GLIBCXX_ASSERTIONS)
# Debian's compiler may define _FORTIFY_SOURCE itself; it needs optimization to do anything.
target_compile_options(automod_settings INTERFACE
  -fstack-protector-strong
  $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
  $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
target_link_options(automod_settings INTERFACE -Wl,-z,relro -Wl,-z,now)

if(AUTOMOD_SANITIZE)
  target_compile_options(automod_settings INTERFACE
    -fsanitize=${AUTOMOD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    -g1)  # reports need lines and no variables
  target_link_options(automod_settings INTERFACE -fsanitize=${AUTOMOD_SANITIZE})
  # Reports with names and lines need no LLVM tools beyond the compiler.
  find_program(AUTOMOD_ADDR2LINE addr2line REQUIRED)
  set(AUTOMOD_SANITIZER_ENVIRONMENT
    "ASAN_SYMBOLIZER_PATH=${AUTOMOD_ADDR2LINE}"
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/unit/leaks.supp")
endif()

add_library(automod_warnings INTERFACE)
target_compile_options(automod_warnings INTERFACE
  -Wall
  -Wextra
  -Wpedantic
  -Wshadow
  -Wconversion
  -Wno-sign-conversion
  -Wcast-qual
  -Wformat=2
  -Wimplicit-fallthrough
  -Wnon-virtual-dtor
  -Woverloaded-virtual
  -Wold-style-cast
  -Wunused
  -Wundef
  # Designated initializers name what differs; the rest has its default on purpose.
  -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op>
  # Wrong about std::string + in g++ 12's own headers (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${AUTOMOD_WERROR}>:-Werror>)

# Every library we stand on, under one uniform name: automod::dep::<name>.
# Their headers count as system headers, so that their warnings are not ours.
# docs/notes/dependencies.md says why each is here.

find_package(PkgConfig REQUIRED)

# automod_dependency(<name> <imported target>...) makes automod::dep::<name>.
function(automod_dependency name)
  foreach(candidate IN LISTS ARGN)
    if(TARGET ${candidate})
      add_library(automod_dep_${name} INTERFACE)
      target_link_libraries(automod_dep_${name} INTERFACE ${candidate})
      add_library(automod::dep::${name} ALIAS automod_dep_${name})
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "no target of '${ARGN}' found for ${name}; run scripts/setup")
endfunction()

find_package(CLI11 REQUIRED)
find_package(CURL 7.87 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(pugixml REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(yaml-cpp REQUIRED)
pkg_check_modules(automod_libgit2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(automod_libseccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(automod_re2 REQUIRED IMPORTED_TARGET re2)

automod_dependency(cli11 CLI11::CLI11)
automod_dependency(curl CURL::libcurl)
automod_dependency(fmt fmt::fmt)
automod_dependency(json nlohmann_json::nlohmann_json)
automod_dependency(crypto OpenSSL::Crypto)
automod_dependency(pugixml pugixml::pugixml pugixml)
automod_dependency(sqlite SQLite::SQLite3)
automod_dependency(toml tomlplusplus::tomlplusplus)
automod_dependency(yaml yaml-cpp::yaml-cpp yaml-cpp)
automod_dependency(git2 PkgConfig::automod_libgit2)
automod_dependency(re2 PkgConfig::automod_re2)
automod_dependency(seccomp PkgConfig::automod_libseccomp)

# libclang's C interface, from the LLVM release whose tools we also run.
set(AUTOMOD_LLVM_VERSION 19)
set(AUTOMOD_LLVM_ROOT "/usr/lib/llvm-${AUTOMOD_LLVM_VERSION}" CACHE PATH "where LLVM stands")
find_path(AUTOMOD_CLANG_INCLUDE clang-c/Index.h
  PATHS "${AUTOMOD_LLVM_ROOT}/include" NO_DEFAULT_PATH REQUIRED)
find_library(AUTOMOD_CLANG_LIBRARY NAMES clang clang-${AUTOMOD_LLVM_VERSION}
  PATHS "${AUTOMOD_LLVM_ROOT}/lib" NO_DEFAULT_PATH REQUIRED)
add_library(automod_libclang INTERFACE)
target_include_directories(automod_libclang SYSTEM INTERFACE "${AUTOMOD_CLANG_INCLUDE}")
target_link_libraries(automod_libclang INTERFACE "${AUTOMOD_CLANG_LIBRARY}")
automod_dependency(clang automod_libclang)

if(BUILD_TESTING)
  find_package(Catch2 REQUIRED)
  automod_dependency(catch2 Catch2::Catch2)
endif()

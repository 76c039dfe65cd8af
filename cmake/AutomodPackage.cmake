# `cpack -G DEB` and `cpack -G TGZ` in the build folder.

install(FILES
  "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
  "${PROJECT_SOURCE_DIR}/LICENSE"
  "${PROJECT_SOURCE_DIR}/README.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  FILES_MATCHING PATTERN "*.md" PATTERN "*.json")

# automod_says(<file below share/> <argument>...) installs what the program itself prints.
function(automod_says file)
  set(output "${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_DATADIR}/${file}")
  get_filename_component(folder "${output}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(OUTPUT "${output}"
    COMMAND automod ${ARGN} > "${output}"
    COMMENT "Writing ${file}"
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY automod_said "${output}")
  get_filename_component(place "${CMAKE_INSTALL_DATADIR}/${file}" DIRECTORY)
  install(FILES "${output}" DESTINATION "${place}")
endfunction()

automod_says(bash-completion/completions/automod completion bash)
automod_says(fish/vendor_completions.d/automod.fish completion fish)
automod_says(zsh/vendor-completions/_automod completion zsh)
automod_says(man/man1/automod.1 help --man)
get_property(automod_said GLOBAL PROPERTY automod_said)
add_custom_target(automod_manual ALL DEPENDS ${automod_said})

set(CPACK_PACKAGE_NAME automod)
set(CPACK_PACKAGE_VENDOR automod)
set(CPACK_PACKAGE_CONTACT "automod maintainers <maintainers@automod.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Programs that automod runs rather than links.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "clang-tidy-${AUTOMOD_LLVM_VERSION}")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "cmake, g++, git, make")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "gnupg, openssh-client")
include(CPack)

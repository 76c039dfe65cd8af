#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace {

constexpr const char* kGroup = "privilege";
constexpr const char* kNoSetId = "leaves no set-id file (CVE-2020-5291)";
constexpr const char* kNoPrivilege = "gets no privilege";
constexpr const char* kNoNamespace = "gets no privilege: no namespace of its own";
constexpr const char* kNoMount = "gets no privilege: no mounts";
constexpr const char* kMode = "the mode is read on the host";

Case set_id(const std::string& name, const std::string& way) {
  return {{name, kGroup, "a set-id program is made by " + way + "; " + kMode, kNoSetId}, {name}};
}

Case denied(const std::string& name, const std::string& about, const char* tests,
            Ground ground = Ground::kThrowaway, std::vector<std::string> soft = {}) {
  return {{name, kGroup, about, tests}, {name}, ground, std::move(soft)};
}

}  // namespace

std::vector<Case> privilege_cases() {
  return {
      set_id("setid-by-chmod", "chmod"),
      set_id("setgid-by-chmod", "chmod, for a group"),
      set_id("setid-by-fchmod", "fchmod"),
      set_id("setid-by-fchmodat", "fchmodat"),
      set_id("setid-by-fchmodat2", "fchmodat2, which older filters do not know"),
      set_id("setid-by-open", "open with a mode"),
      set_id("setid-by-openat2", "openat2, whose mode no filter can see"),
      set_id("setid-by-creat", "creat"),
      set_id("setid-by-mknod", "mknod of a plain file"),
      set_id("setid-by-temporary-file", "a nameless file that is then linked"),
      set_id("setid-by-rename", "open with all bits and no umask, then renamed"),
      denied("file-capability", "a file gets capabilities by an attribute", kNoSetId),
      denied("character-device", "a node for the machine's memory is made", "makes no device"),
      denied("block-device", "a node for a disk is made", "makes no device"),
      denied("whiteout-device", "the one node that anybody may make, by which overlays hide files",
             "makes no device"),
      denied("capset", "capabilities are taken back", kNoPrivilege),
      denied("ambient-capability", "a capability is made to outlive exec", kNoPrivilege),
      denied("secure-bits", "the bits that keep root from being root are cleared", kNoPrivilege),
      denied("become-another-user", "user 0, then nobody's, is taken (CVE-2026-30892)",
             kNoPrivilege),
      denied("change-groups", "groups are taken and left", kNoPrivilege, Ground::kPlain),
      denied("namespace-by-unshare", "a user namespace by unshare, where all capabilities are",
             kNoNamespace),
      denied("namespace-by-clone", "a user namespace by clone", kNoNamespace),
      denied("namespace-by-clone3", "a user namespace by clone3, whose flags no filter can see",
             kNoNamespace),
      denied("namespace-by-setns", "another namespace is entered", kNoNamespace),
      denied("mount-tmpfs", "something is mounted over /tmp", kNoMount),
      denied("mount-call-reaches-kernel", "does the filter let a call to mount through?", kNoMount),
      denied("bind-over-usr", "/tmp is shown in the place of /usr", kNoMount),
      denied("remount-usr", "/usr is made writable by a remount", kNoMount, Ground::kThrowaway,
             {"/usr"}),
      denied("unmount", "does the filter let a call to umount2 through?", kNoMount),
      denied("mount-by-fsopen", "the newer calls: fsopen", kNoMount),
      denied("mount-by-open-tree", "the newer calls: open_tree", kNoMount),
      denied("mount-attributes", "the newer calls: mount_setattr", kNoMount),
      denied("pivot-root", "the root is changed for another", kNoMount),
      denied("chroot-climb", "a second root below, and steps up past the first", kNoMount),
      denied("chroot-call-reaches-kernel", "does the filter let a call to chroot through?",
             kNoMount),
  };
}

}  // namespace automod::sandbox::attacks

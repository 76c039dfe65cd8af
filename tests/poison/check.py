#!/usr/bin/env python3
"""Is the poison set sound? Every patch is named once and applies, every check has its patches.

Takes seconds; whether the verdicts are right is for `scripts/bench poison` to say.
"""

import pathlib
import re
import subprocess
import tempfile
import unittest
from collections import Counter

import targets

# What the gate promises to notice. One bad patch may be meant for several of them.
CHECKS = ["tests_missing", "tests_weakened", "protected_path", "flaky_only", "timeout",
          "sanitizer_error", "new_diagnostics", "performance_regression", "no_measurable_gain",
          "memory_regression", "output_changed", "held_out_differs", "benchmark_special_case",
          "new_capability", "secret_added", "trojan_source", "api_break", "uncovered_change",
          "complexity_growth", "scope", "too_large", "binary_content", "license_removed",
          "suppression", "hidden_state", "error_swallowed"]
LEAST_FOR_A_CHECK = 2
LEAST_OF_A_KIND = 40


def every_patch():
    return [patch for target in targets.TARGETS for patch in targets.patches(target)]


class PoisonSet(unittest.TestCase):
    def test_every_entry_says_what_it_must(self):
        for patch in every_patch():
            with self.subTest(patch.name):
                kind = patch.file.split("/")[0]
                self.assertIn(patch.type, targets.TYPES)
                self.assertIn(patch.expect, targets.EXPECTATIONS[kind])
                self.assertEqual(patch.is_bad, bool(patch.checks), "bad ones name checks")
                self.assertTrue(patch.goal and patch.why)
                self.assertNotIn("\n", patch.goal + patch.why)

    def test_every_file_is_named_once_and_every_name_is_a_file(self):
        for target in targets.TARGETS:
            named = Counter(patch.file for patch in targets.patches(target))
            folder = targets.HERE / target
            there = [str(path.relative_to(folder)) for path in folder.glob("*/*.patch")]
            self.assertEqual(sorted(named), sorted(there))
            self.assertEqual([name for name, count in named.items() if count > 1], [])

    def test_every_patch_applies_to_its_target_and_changes_it(self):
        with tempfile.TemporaryDirectory() as scratch:
            for target in targets.TARGETS:
                folder = pathlib.Path(scratch) / target
                targets.compose(target, folder)
                for patch in targets.patches(target):
                    with self.subTest(patch.name):
                        done = targets.run(["git", "apply", "--check", "--whitespace=nowarn",
                                            str(patch.path)], folder)
                        self.assertEqual(done.returncode, 0, done.stdout)
                        self.assertRegex(patch.path.read_bytes(), rb"(?m)^([-+][^-+]|GIT binary)")

    def test_no_two_patches_are_the_same(self):
        seen = {}
        for patch in every_patch():
            changed = (patch.target, re.sub(rb"(?m)^(index|@@) .*$", b"", patch.path.read_bytes()))
            other = seen.setdefault(changed, patch)
            # A change may be good as a refactoring and bad as a speed-up.
            self.assertTrue(other is patch or other.type != patch.type,
                            f"{patch.name} is {other.name}")

    def test_every_check_has_bad_patches_meant_for_it(self):
        meant = Counter(code for patch in every_patch() for code in patch.checks)
        for code in CHECKS:
            self.assertGreaterEqual(meant[code], LEAST_FOR_A_CHECK, code)

    def test_every_check_that_is_named_exists(self):
        listed = (targets.ROOT / "docs" / "scoring.md").read_text()
        known = set(re.findall(r"^\| `(\w+)` \|", listed, re.M))
        for patch in every_patch():
            self.assertEqual(set(patch.checks) - known, set(), patch.name)

    def test_there_are_enough_of_both_kinds(self):
        kinds = Counter(patch.is_bad for patch in every_patch())
        self.assertGreaterEqual(kinds[True], LEAST_OF_A_KIND)
        self.assertGreaterEqual(kinds[False], LEAST_OF_A_KIND)


if __name__ == "__main__":
    unittest.main()

"""Runs unittest and writes a line of JSON for each test to the file that AUTOMOD_REPORT names.

First come the names of all tests, then one line as each ends, last how many were run.
"""
import json
import os
import sys
import time
import unittest

fd = os.open(os.environ.pop("AUTOMOD_REPORT"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
os.environ.pop("AUTOMOD_UNITTEST", None)
report = os.fdopen(fd, "w", encoding="utf-8")


def say(**facts):
    report.write(json.dumps(facts) + "\n")
    report.flush()


def names(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names(test)
        else:
            yield test.id()


class Result(unittest.TextTestResult):
    at = None

    def startTest(self, test):
        self.at, self.outcome, self.began = test, "passed", time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        ms = (time.monotonic() - self.began) * 1000
        say(test=test.id(), outcome=self.outcome, ms=ms)
        self.at = None
        super().stopTest(test)

    def became(self, test, outcome):
        if self.at is None:
            say(test=test.id(), outcome=outcome, ms=0)
        elif self.outcome != "failed":
            self.outcome = outcome

    def addError(self, test, err):
        self.became(test, "failed")
        super().addError(test, err)

    def addFailure(self, test, err):
        self.became(test, "failed")
        super().addFailure(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.became(test, "failed")
        super().addSubTest(test, subtest, err)

    def addSkip(self, test, reason):
        self.became(test, "skipped")
        super().addSkip(test, reason)

    def addUnexpectedSuccess(self, test):
        self.became(test, "failed")
        super().addUnexpectedSuccess(test)


class Runner(unittest.TextTestRunner):
    resultclass = Result

    def run(self, suite):
        say(expected=list(names(suite)))
        result = super().run(suite)
        say(ran=result.testsRun)
        return result


unittest.main(module=None, argv=["python3 -m unittest"] + sys.argv[1:], testRunner=Runner)

"""Validation against the official schema of SARIF 2.1.0, which scripts/setup pins."""

import json

import jsonschema

from harness import ROOT


def schema():
    modules = ROOT / "third_party" / "node_modules"
    found = sorted(modules.glob("@microsoft/**/sarif-schema-2.1.0.json"))
    if not found:
        raise AssertionError("the SARIF schema is missing; run scripts/setup")
    return json.loads(found[0].read_text())


def check_sarif(log):
    rules = schema()
    validator = jsonschema.validators.validator_for(rules)
    validator(rules).validate(log)

"""Validation against the official schema of SARIF 2.1.0, which scripts/setup pins."""

import json

import jsonschema

from harness import ROOT


SCHEMA = ROOT / "third_party/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"


def check_sarif(log):
    rules = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(rules)
    validator(rules).validate(log)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""validateschema.py SCHEMA FILE…: says "good" or "bad" of each file, a line each, as an editor with
the schema would."""
import json
import sys

import jsonschema
import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
validator = jsonschema.Draft202012Validator(schema)
validator.check_schema(schema)
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        try:
            good = validator.is_valid(yaml.safe_load(file))
        except yaml.YAMLError:
            good = False
    print("good" if good else "bad", path)

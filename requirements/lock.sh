#!/bin/sh
# Resolves pyproject.toml for every system and writes the lock files, with hashes.
set -eu
uv=$1
lock() { "$uv" pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate "$@"; }
lock --all-extras -o requirements/all.txt
lock --extra local -c requirements/all.txt -o requirements/local.txt
lock -c requirements/all.txt -o requirements/course.txt

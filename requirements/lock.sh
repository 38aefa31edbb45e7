#!/bin/sh
# Resolves pyproject.toml for every system and writes the lock files, with hashes.
#
#   lock.sh UV             upgrade everything
#   lock.sh UV openai ...  upgrade the packages named, and leave every other pin as it is
set -eu
uv=$1
shift
upgrade=--upgrade
for package in "$@"; do
  [ "$upgrade" = --upgrade ] && upgrade=
  upgrade="$upgrade --upgrade-package $package"
done
# $upgrade holds words, not one argument. Without --upgrade, uv keeps the pins of the file it writes.
lock() { "$uv" pip compile pyproject.toml --quiet $upgrade --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate "$@"; }
lock --all-extras -o requirements/all.txt
lock --extra local -c requirements/all.txt -o requirements/local.txt
lock -c requirements/all.txt -o requirements/course.txt

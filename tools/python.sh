#!/bin/sh
# Prints the name of a Python that can run the project (3.11 or newer). PYTHON in the environment goes first.
for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3 python3.12 python3.13 python3.14 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        printf '%s\n' "$candidate"
        exit 0
    fi
done
echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2
exit 1

"""Notebooks of the course: chapters/ is built from solutions/, and both are run and checked.

- `files`: finds, reads and saves notebooks, and never overwrites what somebody has just changed
- `build`: makes a learner's notebook from its solution, and refuses to destroy a learner's work
- `execute`: runs a notebook in a kernel with settings of its own, and tidies its outputs
- `lint`: what comparing outputs cannot see
- `coverage`: which cell shows which subject of the course
- `frame`: what the builder writes into a notebook, and how large a lesson is
- `usage`: which recorded answers a notebook asks for
- `offline`: cuts the network in the kernel of a test
"""

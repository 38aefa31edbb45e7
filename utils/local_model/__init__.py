"""A real model on the learner's own machine: downloaded, verified, and served on 127.0.0.1.

Optional: needs the extra `local`. Nothing here is imported by the core of the course; the command
`course local` is the way in.
"""

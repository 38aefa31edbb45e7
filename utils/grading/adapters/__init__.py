"""The same exercises in other graders: nbgrader and otter.

Both run the checks in the process of the learner's code, where a submission can patch them. They
are for sites that have them already; `course grade` makes its verdicts outside.
"""

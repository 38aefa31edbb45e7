"""Tables, figures and widgets of the lessons: what people would rather look at than read.

Each figure is a `Picture` that carries its data, made by a function of its own, so that a test can
assert what is drawn. matplotlib is imported when something is drawn: the numbers can be had where
it is missing. A lesson imports from the module: `from utils.show.sampling import reweight`.
"""

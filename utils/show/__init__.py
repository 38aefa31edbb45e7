"""Tables, figures and widgets of the lessons: what people would rather look at than read.

Each figure is a `Picture` that carries its data, made by a function of its own, so that a test can
assert what is drawn. Modules import matplotlib and ipywidgets, so they are imported where a lesson
uses them: `from utils.show.sampling import reweight`.
"""

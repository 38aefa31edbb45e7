"""Checking exercises: in the notebook (`check`, `hint`, `solution`, `progress`).

* `notebook`: the four functions; `box` and `dashboard`: how their answers look
* `cells`: the function and its cell in the running notebook; `stub`: is it still empty
* `solutions`: a solution and a stub from the solutions notebook
* `store`: the learner's progress on disk
"""

from .notebook import Verdict, check, hint, progress, solution

__all__ = ["Verdict", "check", "hint", "progress", "solution"]

"""Grading a class: every submission's code runs in a sandbox, every verdict is made outside it.

* `submissions`: what lies in the teacher's folder, read with care
* `sandbox`: bubblewrap, limits, processes; `inside`: what runs in there
* `channel`, `player`: the JSON lines between a submission's process and the cases
* `memory`: the memory of all processes of a submission together
* `grade`: one submission; `engines`: many, on this machine or on several
* `results`, `report`: what a batch leaves behind: JSON, CSV, Gradescope's form, HTML

What holds: a submission can send any request and return any value, and nothing else. It gets no
case, no solution and no verdict, and it can claim that simulated time passed which did not.
"""

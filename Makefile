# Each target sets up what is missing, then calls the `course` command. Without make: python -m utils lab
PYTHON ?= python3
ARGS ?=

.PHONY: help lab test site local record grade notebooks mutants seeds bench lock

help:
	@echo "make lab        open the course in JupyterLab"
	@echo "make test       run all tests"
	@echo "make site       build the course's site and serve it"
	@echo "make local      run a real model on this machine (downloads 1.1 GB once)"
	@echo "make record     record the chapters' answers again"
	@echo "make grade      grade the submissions of a class: make grade ARGS=DIR"
	@echo "make notebooks  make chapters/ from solutions/"
	@echo "make mutants    change every model solution; a case must notice (minutes of all processors)"
	@echo "make seeds      play every answer in tests/exercises under twelve seeds"
	@echo "make bench      measure and print the figures"
	@echo "make lock       upgrade every locked package; one: make lock ARGS=openai"

lab test site local record grade mutants bench:
	$(PYTHON) -m utils $@ $(ARGS)

seeds:
	$(PYTHON) -m utils test -- tests/exercises/test_every_exercise.py --seeds 12 -n auto $(ARGS)

notebooks:
	$(PYTHON) -m utils build $(ARGS)

lock:
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install -q uv && sh requirements/lock.sh .venv/lock/bin/uv $(ARGS)

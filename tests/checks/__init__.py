"""What `python3 build.py test` is made of.

step.py       a check, and what it found
programs.py   checks that are programs: linters, and pytest with its report
pythons.py    the unit tests on other Pythons, and in Pyodide
browsers.py   which engines the machine has
durations.py  how long each test took in the last run
schedule.py   a plugin of pytest: which process runs which tests
"""

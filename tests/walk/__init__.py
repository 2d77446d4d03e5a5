"""The random walk: steps drawn by a seed, in a real browser, and what must hold all the while.

`python3 build.py walk --seed 7 --steps 10000` starts it. Read it in this order:

    steps.py       a step as one line, and how a seed draws them
    verbs.py       what can happen: to tabs, to the worker, to the backend, and every command
    rules.py       what must hold of all that a tab hears, and of a journal; no browser is needed to say it
    tab.py, note.js    a tab of the walk: a page that notes all that it says to the hub and hears of it
    world.py       a browser, a backend and some tabs, and what must hold of them
    walk.py        takes the steps; a walk that fails becomes shorter
"""

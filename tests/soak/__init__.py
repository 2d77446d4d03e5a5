"""The soak: many events and many tabs, and what has grown after them.

`python3 build.py soak` starts it. Read it in this order:

    rows.py      what may grow, and by how much
    load.py      the events and the tabs
    desk.py      a browser with one tab that stays, and what can be measured of it; count.js counts in its worker
"""

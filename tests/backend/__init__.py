"""The reference backend: a small, complete server side for this phone, behind the demo and the tests.

Read it in this order to write a backend of your own:

    telephony.py   what the API needs from a telephony: calls, events, commands. Put yours behind this.
    commands.py    the POST commands: which fields each has, and what makes one valid
    api.py         the wire: GET events, POST <command>
    streams.py     the open event streams: snapshot first, numbered events, pings
    answers.py     one Idempotency-Key is carried out once
    guards.py      the names it answers to, the pages that may ask, the headers of every answer
    requests.py    what every request must prove: origin, type, size
    problems.py    refusals as RFC 9457 problem bodies

The rest is for demonstrations and tests, and nothing a real backend has:

    exchange.py    a telephony of one operator that exists only in memory
    settings.py    its timers and habits
    faults.py      a backend that refuses, delays, hangs
    journal.py     what was asked of the backend, and what it answered
    changes.py     tells onlookers that something is different
    control.py     the panel's and the tests' hands on all of that
    pages.py       the bundle and the demo page, under a strict Content-Security-Policy
    app.py, server.py, process.py, __main__.py    put together, listening, started
"""

"""The benchmark: the Python hub side by side with a hub in pure JavaScript and with a stock Pyodide boot of itself.

`python3 build.py bench` starts it. Read it in this order:

    rows.py        what is promised: the rows of the table, and when each holds
    measures.py    what is measured, each measure a function of an operator's seat
    probe.js       notes in every page when what happens; page.html is the page
    peers/, sites.py   the two peers, and the folder that serves all three
    server.py      the reference backend, with that folder, counting bytes
    seat.py, worker.py   a browser of its own and its tabs; a look into its shared worker
    runner.py      runs the measures, the peers taking turns
    figures.py     from samples to figures: quantiles, ratios, verdicts
    report.py, plot.py, svg.py   the table, JSON and a picture
    boot.py        the boot profile: which milliseconds go where
"""

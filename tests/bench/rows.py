"""What is promised: every row of the table, what must hold and what is aimed at."""

from dataclasses import replace

from .figures import JS, STOCK, Limit, Row

ROWS = (
    Row("hub ready, first tab, warm cache", "warm", "ms", (Limit(0.15, STOCK),), (Limit(0.1, STOCK), Limit(4, JS))),
    Row("hub ready, first tab, cold cache", "cold", "ms", (Limit(0.35, STOCK),), (Limit(0.25, STOCK),)),
    Row("hub ready, first visit at 20 Mbit/s", "line", "ms", (Limit(1, STOCK),), (Limit(1, STOCK),)),
    Row("first SYNC_STATE drawn while the hub boots", "drawn", "ms", (Limit(1.3, JS),), (Limit(1.2, JS),)),
    Row("the only tab goes to another page: call drawn", "page", "ms", (Limit(2, JS),), (Limit(1.5, JS),)),
    Row("second tab: in sync", "second", "ms", (Limit(1.5, JS),), (Limit(1.2, JS),)),
    Row("event drawn in all of 10 tabs, p50", "tabs10", "ms", (Limit(1.3, JS),), (Limit(1.15, JS),)),
    Row("event drawn in all of 10 tabs, p95", "tabs10", "ms", (Limit(1.5, JS),), (Limit(1.3, JS),), percent=95),
    Row("event drawn in all of 200 tabs, p50", "tabs200", "ms", (Limit(1.3, JS),), (Limit(1.15, JS),)),
    Row("event drawn in all of 200 tabs, p95", "tabs200", "ms", (Limit(1.5, JS),), (Limit(1.3, JS),), percent=95),
    Row("bytes of a first visit, brotli", "visit", "MB", (Limit(6.0),), (Limit(5.0),)),
    Row("what a tab loads besides the worker, brotli", "tab", "kB", (Limit(15),), (Limit(12),)),
    Row("wasm memory of the hub", "memory", "MiB", (Limit(1, STOCK),), (Limit(1, STOCK, below=True),)),
)


def rows_in(engine: str) -> tuple[Row, ...]:
    """Return the rows for this engine: what is promised is promised of Chromium."""
    return ROWS if engine == "chromium" else tuple(replace(row, must=(), aim=()) for row in ROWS)

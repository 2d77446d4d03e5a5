"""A drawing of rectangles, lines and words, as an SVG file."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

FONT = "12px system-ui, sans-serif"
INK, FAINT = "#1f2430", "#8a90a0"


class Drawing:
    """A white sheet of a size in pixels, with dark words: it looks the same on a light page and on a dark one."""

    def __init__(self, width: float, height: float, title: str) -> None:
        size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
        self._root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
        SubElement(self._root, "title").text = title
        self._root.set("style", f"font: {FONT}")
        self.box(0, 0, width, height, "#ffffff")
        self.text(16, 26, title, weight="600")

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a filled rectangle, at least a hair wide."""
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{max(width, 0.5):.1f}", "height": f"{height:.1f}"}
        SubElement(self._root, "rect", {**place, "fill": fill})

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = INK, dash: str = "none") -> None:
        """Draw a straight line."""
        ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
        SubElement(self._root, "line", {**ends, "stroke": stroke, "stroke-dasharray": dash})

    def text(self, x: float, y: float, words: str, anchor: str = "start", fill: str = INK, weight: str = "400") -> None:
        """Write a line of words; `y` is its base line."""
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": fill, "font-weight": weight}
        SubElement(self._root, "text", place).text = words

    def save(self, path: Path) -> None:
        """Write the file."""
        indent(self._root)
        ElementTree(self._root).write(path, encoding="utf-8")

"""A BPMN diagram's own interchange, drawn as SVG for case page, replay, gallery and PDF."""

from engine.diagram.interchange import page_of, planes
from engine.diagram.render import render_svg

__all__ = ["page_of", "planes", "render_svg"]

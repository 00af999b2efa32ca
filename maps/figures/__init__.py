"""Figures as SVG and PNG, each with a text alternative that carries its numbers."""

from maps.figures.write_figures import FIGURES, alt, figure_png, figure_svg, state_map_png, write_figures

__all__ = ["FIGURES", "alt", "figure_png", "figure_svg", "state_map_png", "write_figures"]

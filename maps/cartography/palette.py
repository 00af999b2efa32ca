"""The colors of tiers and markers, the same on every map, figure and style. Safe for color-blind eyes.

The tier colors fall steadily in lightness (so they hold in gray), and every tier has a hatch besides.
"""

from __future__ import annotations

#: Fill by tier: dark blue to light, then warm gray for tracts without a tier.
TIER_FILL = {"A": "#08306B", "B": "#3A7EBB", "C": "#9AC3E0", "none": "#F1EEE7"}
#: Marker color by layer (Okabe & Ito 2008, a palette made for color-blind eyes).
MARKER = {
    "sites": "#E69F00",
    "providers": "#009E73",
    "job_centers": "#CC79A7",
    "hubs": "#D55E00",
}
INK = "#1B1B1B"
MUTED = "#5B5B5B"
LINE = "#8A8A8A"
SAMPLE_FILL = "#FFE08A"

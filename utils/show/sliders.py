"""Sliders over a picture that is drawn anew when one of them moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from .pictures import Picture

LOOKS: dict[str, Any] = {
    "style": {"description_width": "6.5em"},
    "layout": {"width": "26em"},
}
"""What makes sliders of one width, with room for their names."""


class Sliders(ipywidgets.VBox):
    """Sliders, and below them the picture of where they stand.

    Where there is no kernel (on the site, on GitHub) the picture is shown without the sliders.

    Args:
        draw: makes the picture from the sliders' values, in their order.
        sliders: any widgets with a `value`.
    """

    def __init__(self, draw: Callable[..., Picture], *sliders: Any) -> None:
        self.draw, self.sliders = draw, sliders
        self.image = ipywidgets.HTML()  # an Image widget has no alternative text
        super().__init__([*sliders, self.image])
        for slider in sliders:
            slider.observe(self._redraw, names="value")
        self._redraw()

    @property
    def picture(self) -> Picture:
        """The picture of where the sliders are."""
        return self.draw(*(slider.value for slider in self.sliders))

    def _redraw(self, change: object = None) -> None:
        self.image.value = self.picture.html()

    def __repr__(self) -> str:
        return repr(self.picture)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = super()._repr_mimebundle_(**kwargs)
        data, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        png, size = self.picture._repr_png_()
        return data | {"text/plain": repr(self), "image/png": png}, metadata | {"image/png": size}

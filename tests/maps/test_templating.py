"""Templates escape what they are given, and a name that is missing is an error."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from maps.templating import environment, standing_alone


@pytest.mark.parametrize("trimmed", [True, False])
def test_every_text_is_escaped_and_a_missing_name_is_an_error(trimmed: bool) -> None:
    template = environment(trimmed).from_string("<p>{{ name }}</p>")
    assert template.render(name="<b>") == "<p>&lt;b&gt;</p>"
    with pytest.raises(UndefinedError):
        template.render()


def test_a_line_of_tags_alone_leaves_no_line_where_trimmed() -> None:
    text = "{% if yes %}\n<p>\n{% endif %}\n"
    assert environment().from_string(text).render(yes=True) == "<p>\n"
    assert environment(trimmed=False).from_string(text).render(yes=True) == "\n<p>\n"


def test_templates_that_stand_alone_keep_their_own_lines() -> None:
    assert standing_alone("brief.html.j2").environment.trim_blocks is False

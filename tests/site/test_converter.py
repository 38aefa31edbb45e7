"""The notebook converter, without any site generator."""

from __future__ import annotations

import json
from typing import Any

import markdown
import nbformat
import pytest
from nbformat.v4 import new_notebook, new_output
from notebook_pages import ConversionError, Options, Page, convert
from notebook_pages.formulas import FormulaError, formula
from notebook_pages.outline import describe
from notebook_pages.terminal import merge_streams, overwrite, to_html

from tests.site import sample
from tests.site.sample import code, out, prose, shown


def page(*cells: Any, **options: Any) -> Page:
    """A page of these cells, after a title."""
    notebook = new_notebook(cells=[prose("# Title", "title"), *cells])
    return convert(notebook, "98_test", Options(**options))


def html(made: Page) -> str:
    """The page's HTML, by plain Python-Markdown."""
    return made.finish(markdown.markdown(made.markdown, extensions=["md_in_html", "attr_list"]))


def test_code_is_highlighted_and_its_output_follows_it() -> None:
    made = html(page(code("print(1 < 2)", out("True\n"), cell_id="c")))
    assert made.index('<span class="nb">print</span>') < made.index("<samp>True</samp>")
    assert "&lt;" in made
    assert 'id="cell-id=c"' in made


def test_output_never_passes_through_markdown() -> None:
    made = html(page(code("x", out("# no heading\n**no bold** <b>no tag</b>\n"), cell_id="c")))
    assert "# no heading\n**no bold** &lt;b&gt;no tag&lt;/b&gt;" in made


def test_a_widget_without_its_state_is_no_program_text() -> None:
    told = "VBox(children=(Dropdown(description='Question', options=(('a', 0)..."
    made = html(page(code("w", shown(text__plain=told), cell_id="c")))
    assert "Dropdown" not in made
    assert "A widget stands here in JupyterLab" in made


def test_pieces_of_a_stream_become_one_output() -> None:
    made = html(page(code("x", *[out(word) for word in sample.WORDS], cell_id="c")))
    assert made.count("<samp>") == 1
    assert "one two three four five" in made


def test_other_output_between_stream_pieces_keeps_its_place() -> None:
    pieces = [out("a"), shown(text__plain="shown"), out("b")]
    merged = merge_streams(pieces)
    assert [p.get("text", "shown") for p in merged] == ["a", "shown", "b"]


def test_merging_streams_leaves_the_notebook_as_it_was() -> None:
    pieces = [out("a"), out("b")]
    merge_streams(pieces)
    assert [piece["text"] for piece in pieces] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "left"),
    [("10%\r50%\rdone", "done"), ("abc\rX", "Xbc"), ("ab\b\bcd", "cd"), ("a\r\nb", "a\nb")],
)
def test_a_progress_line_leaves_its_last_state(text: str, left: str) -> None:
    assert overwrite(text) == left


def test_ansi_colors_become_classes_and_other_escapes_vanish() -> None:
    assert to_html("\x1b[31mred\x1b[0m plain") == '<span class="ansi-red-fg">red</span> plain'
    assert to_html("\x1b[01;32mok\x1b[39m") == ('<span class="ansi-bold ansi-green-fg">ok</span>')
    assert to_html("\x1b[2K\x1b]8;;http://x\x07link") == "link"


def test_extended_colors_become_the_nearest_hue_and_grays_none() -> None:
    assert 'class="ansi-green-fg"' in to_html("\x1b[38;5;28mx\x1b[39m")
    assert 'class="ansi-red-fg"' in to_html("\x1b[38;2;200;20;20mx")
    assert to_html("\x1b[38;5;241mgray") == "gray"


def test_long_text_and_long_tables_are_folded_and_short_ones_are_not() -> None:
    lines = "\n".join("x" for _ in range(31))
    rows = "<table>" + "<tr><td>x</td></tr>" * 41 + "</table>"
    made = html(
        page(code("a", out(lines), cell_id="a"), code("b", shown(text__html=rows), cell_id="b"))
    )
    assert "<summary>Output: 31 lines</summary>" in made
    assert "<summary>Table: 41 rows</summary>" in made
    assert "nb-fold" not in html(page(code("a", out(lines[:-2]), cell_id="a")))


def test_pictures_become_files_with_size_and_description() -> None:
    made = page(
        code("a", shown(image__png=sample.png(240, 120)), cell_id="a", alt='Bars, "a" above b'),
        code("b", shown(**{"image__svg+xml": sample.SVG}), cell_id="b", alt="A rectangle"),
        root="../../",
    )
    assert sorted(name.rsplit(".")[-1] for name in made.assets) == ["png", "svg"]
    whole = html(made)
    assert 'width="240" height="120"' in whole
    assert 'width="120" height="80"' in whole  # 90 by 60 points
    assert 'alt="Bars, &quot;a&quot; above b"' in whole
    assert all(f'src="../../{name}"' in whole for name in made.assets)
    assert made.warnings == []


def test_a_picture_without_description_is_reported_with_its_cell() -> None:
    made = page(code("a", shown(image__png=sample.png()), cell_id="lonely"))
    assert len(made.warnings) == 1
    assert "lonely" in made.warnings[0]
    assert '"alt"' in made.warnings[0]


def test_a_script_in_an_output_is_taken_out_and_reported() -> None:
    made = page(code("a", shown(text__html="<p>a</p><script>alert(1)</script>"), cell_id="s"))
    assert "<script" not in html(made)
    assert "script" in made.warnings[0]


def test_a_widget_shows_its_picture_and_keeps_only_the_models_it_needs() -> None:
    made = convert(sample.notebook(), sample.STEM)
    (state,) = [json.loads(raw) for name, raw in made.assets.items() if name.endswith(".json")]
    models = state["application/vnd.jupyter.widget-state+json"]["state"]
    assert set(models) == {"slider", "slider-layout", "slider-style"}
    block = next(block for block in made.blocks if "data-widget" in block)
    assert block.index("<img") < block.index("Show the live widget")
    assert made.warnings == []


def test_a_widget_without_saved_state_is_its_picture() -> None:
    view = {"model_id": "gone", "version_major": 2, "version_minor": 0}
    widget = shown(image__png=sample.png())
    widget.data["application/vnd.jupyter.widget-view+json"] = view
    made = html(page(code("a", widget, cell_id="a", alt="A slider")))
    assert "<img" in made
    assert "data-load-widget" not in made


def test_tags_remove_hide_and_fold() -> None:
    made = html(
        page(
            code("gone = 1", cell_id="a", tags=["remove-cell"]),
            code("folded = 1", out("seen"), cell_id="b", tags=["hide-input"]),
            code("shown = 1", out("unseen"), cell_id="c", tags=["hide-output"]),
            code("solved = 1", cell_id="d", tags=["solution"]),
        )
    )
    assert "gone" not in made
    assert "unseen" not in made
    assert made.index("Show the code") < made.index("folded") < made.index("seen")
    assert made.index("Show the solution") < made.index("solved")


def test_a_cell_with_solution_markers_is_folded_and_shown_without_them() -> None:
    source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    made = html(page(code(source, cell_id="a", exercise="98.1")))
    assert "Show the solution" in made
    assert "SOLUTION" not in made


def test_hints_and_the_solution_link_follow_the_check() -> None:
    made = html(
        page(
            code("def f(): ...", cell_id="stub", exercise="98.1"),
            code("check('98.1', f)", cell_id="check"),
            code("other = 1", cell_id="other"),
            hints=lambda exercise: [f"A nudge for {exercise}", "Nearly **all**"],
            counterpart="../solutions/98_test.ipynb",
        )
    )
    order = ["check", "Hint 1", "A nudge for 98.1", "Hint 2", "<strong>all</strong>", "A solution"]
    positions = [made.index(part) for part in order]
    assert positions == sorted(positions)
    assert made.index("A solution") < made.index("other")
    assert 'href="../solutions/98_test.ipynb#cell-id=stub"' in made


def test_neighboring_markdown_cells_stay_apart() -> None:
    made = html(page(prose("- one", "a"), prose("- two", "b")))
    assert made.count("<ul>") == 2


def test_markdown_output_is_rendered_inside_its_cell() -> None:
    made = html(page(code("a", shown(text__markdown="Some **bold** text"), cell_id="a")))
    assert "<strong>bold</strong>" in made
    assert made.count("<div") == made.count("</div>")


def test_an_attachment_becomes_a_file() -> None:
    cell = prose("![A picture](attachment:a.png)", "a")
    cell.attachments = {"a.png": {"image/png": sample.png()}}
    made = page(cell)
    (name,) = made.assets
    assert f"![A picture]({name})" in made.markdown


def test_a_block_swallowed_by_markdown_is_an_error_that_says_where() -> None:
    made = page(prose("```\nno end of the fence", "a"), code("x = 1", cell_id="b"))
    rendered = markdown.markdown(made.markdown, extensions=["fenced_code"]).replace(
        "<div", "&lt;div"
    )
    with pytest.raises(ConversionError, match=r"98_test.*fence left open"):
        made.finish(rendered)


def test_a_notebook_without_a_title_is_an_error() -> None:
    with pytest.raises(ConversionError, match=r"98_test\.ipynb.*# Title"):
        convert(new_notebook(cells=[code("1", cell_id="a")]), "98_test")


def test_an_error_output_keeps_its_colors() -> None:
    failed = new_output("error", ename="E", evalue="e", traceback=["\x1b[31mE\x1b[39m: e"])
    made = html(page(code("a", failed, cell_id="a")))
    assert '<span class="ansi-red-fg">E</span>: e' in made
    assert 'aria-label="Error"' in made


def test_the_conversion_does_not_change_the_notebook() -> None:
    notebook = sample.notebook()
    before = nbformat.writes(notebook)
    convert(notebook, sample.STEM)
    assert nbformat.writes(notebook) == before


def test_formulas_become_mathml_with_their_source_as_text() -> None:
    made = formula(r"p_i = \frac{1}{2}", block=True)
    assert 'display="block"' in made
    assert r'alttext="p_i = \frac{1}{2}"' in made
    assert "<mfrac>" in made


def test_aligned_formulas_keep_their_rows() -> None:
    made = formula(r"\begin{aligned} a &= b \\ &= c \end{aligned}", block=True)
    assert made.count("<mtr>") == 2
    assert "(1)" not in made


def test_an_unknown_command_in_a_formula_is_an_error() -> None:
    with pytest.raises(FormulaError, match=r"\\notacommand"):
        formula(r"\notacommand{x}", block=False)


def test_a_lesson_is_described_from_its_cells() -> None:
    outline = describe(sample.notebook(), sample.STEM)
    assert outline.title == "Sample chapter"
    assert outline.summary.startswith("A chapter with every kind")
    assert outline.minutes == 20
    assert outline.exercises == ("98.1",)
    assert outline.cells == {"A1": ("ask",), "B1": ("stream",)}
    assert outline.exercise_cells == {"98.1": "exercise"}
    assert outline.recordings == (sample.STEM,)


def test_an_empty_corner_of_a_table_is_no_header() -> None:
    table = '<table><tr><th scope="col" style="x"></th><th>a</th></tr></table>'
    made = html(page(code("t", shown(text__html=table), cell_id="a")))
    assert '<td style="x"></td><th>a</th>' in made


def test_an_output_that_links_to_a_notebook_leads_to_its_page() -> None:
    table = "<a href=\"01_requests.ipynb\">01</a> <a href='02_x.ipynb#Top'>02</a>"
    made = html(page(code("t", shown(text__html=table), cell_id="a")))
    assert 'href="../01_requests/"' in made
    assert 'href="../02_x/#Top"' in made


def test_a_style_sheet_that_many_outputs_bring_is_kept_once() -> None:
    boxes = [shown(text__html=f"<style>.b {{color: red}}</style><p>{n}</p>") for n in range(3)]
    made = html(page(code("t", *boxes, cell_id="a")))
    assert made.count("<style>") == 1
    assert made.count("<p>") == 3

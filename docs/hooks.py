"""The thin layer between MkDocs and this folder's plain modules.

Notebooks become pages, a few lists are filled in, and what `vendor.py` fetched is added to the
site. Whatever is worth a test of its own lives in `notebook_pages`, `lists` or `page_python`.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage

DOCS = Path(__file__).resolve().parent
for folder in (DOCS.parent, DOCS):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import lists  # noqa: E402
import page_python  # noqa: E402
import parts  # noqa: E402
import social  # noqa: E402
import vendor  # noqa: E402
from notebook_pages import ConversionError, Options, Page, convert  # noqa: E402
from notebook_pages.dialect import heading_id  # noqa: E402

from utils.syllabus import SyllabusError  # noqa: E402

log = logging.getLogger("mkdocs.hooks.course")

PLACEHOLDER = "https://course.example/"
"""`site_url` of a site without an address; no page names a canonical address then."""
SERVED = ("fonts", "mermaid", "widgets")
"""Folders of the cache that pages ask for."""
FIRST_REQUEST = "<!-- course:first-request -->"


class NotebookFile(File):
    """A page whose source is a notebook: navigation and links name the .ipynb itself."""

    notebook: lists.Notebook
    converted: Page

    def is_documentation_page(self) -> bool:
        return True


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the course and make the navigation from it."""
    absent = vendor.missing()
    if absent:
        raise PluginError(
            f"The site's files are not all here: {', '.join(absent)}.\n"
            "Run `python docs/vendor.py` once, where npm and PyPI can be reached, and build again."
        )
    top = Path(config.config_file_path).parent
    try:
        contents = lists.Contents.read(top, [Path(p) for p in config.extra["course"]["notebooks"]])
    except (ValueError, SyllabusError) as error:
        raise PluginError(str(error)) from error
    config.extra["course"]["data"] = contents
    config.mdx_configs.setdefault("toc", {})["slugify"] = heading_id
    config.nav = lists.navigation(contents)
    return config


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the notebooks' pages, what they show, and what was fetched for the site."""
    contents = _contents(config)

    def add(name: str, source: Path) -> None:
        files.append(File.generated(config, name, abs_src_path=str(source)))

    assets: dict[str, bytes] = {}
    for notebook in contents.notebooks():
        file = _page(notebook, contents, config)
        files.append(file)
        add(file.url + notebook.path.name, notebook.path)
        assets |= file.converted.assets
    demo = lists.first_request(contents)
    config.extra["course"]["demo"] = demo
    if demo:
        assets |= demo[0].assets
    for name, content in assets.items():
        files.append(File.generated(config, name, content=content))
    card = social.card(config.site_name, "Jupyter notebooks that run without a key")
    files.append(File.generated(config, "assets/social.png", content=card))
    for folder in SERVED:
        for source in sorted((vendor.CACHE / folder).iterdir()):
            add(f"assets/vendor/{folder}/{source.name}", source)
    for name, source in page_python.build(contents.top, contents.recordings()).items():
        add(f"assets/python/{name}", source)
    for source in lists.pictures(contents.top):
        add(source.relative_to(contents.top).as_posix(), source)
    return files


def _contents(config: MkDocsConfig) -> lists.Contents:
    return config.extra["course"]["data"]


def _page(notebook: lists.Notebook, contents: lists.Contents, config: MkDocsConfig) -> NotebookFile:
    file = NotebookFile(notebook.uri, None, config.site_dir, config.use_directory_urls)
    file.notebook = notebook
    other = contents.counterpart(notebook)
    options = Options(
        root="../" * file.url.count("/"),
        hints=lists.hints,
        counterpart="../" * notebook.uri.count("/") + other.uri if other else None,
        is_solutions=notebook in contents.solutions,
    )
    node = nbformat.read(notebook.path, as_version=4)
    try:
        file.converted = convert(node, notebook.outline.id, options)
    except ConversionError as error:
        raise PluginError(str(error)) from error
    for warning in file.converted.warnings:
        log.warning("%s: %s", notebook.uri, warning)
    file.content_string = file.converted.markdown
    return file


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Previous and next follow the course: the last lesson does not lead into the solutions."""
    home = nav.homepage
    sections = [page.file.src_uri.rpartition("/")[0].partition("/")[0] for page in nav.pages]
    for section in dict.fromkeys(sections):
        pages = [p for p, own in zip(nav.pages, sections, strict=True) if own == section]
        for before, page, after in zip([None, *pages], pages, [*pages[1:], None], strict=False):
            page.previous_page, page.next_page = before, after
    lessons = [page for page in nav.pages if page.file.src_uri.startswith("chapters/")]
    if home and lessons:
        if home.next_page:
            home.next_page.previous_page = None
        home.next_page, lessons[0].previous_page = lessons[0], home
    return nav


def on_page_markdown(markdown: str, page: SitePage, config: MkDocsConfig, files: Files) -> str:
    """Fill in lists, resolve links to subjects and to files of the repository."""
    contents = _contents(config)
    if isinstance(page.file, NotebookFile):
        _describe(page, page.file, contents, files)
        # The notebooks with solutions are the source of the learner's ones.
        page.edit_url = _edit_url(config, f"solutions/{page.file.notebook.outline.id}.ipynb")
        base = _repository(config, "blob")
        return lists.link_to_repository(markdown, page.file.notebook.uri, contents.top, base)
    demo = config.extra["course"]["demo"]
    if FIRST_REQUEST in markdown:
        markdown = markdown.replace(FIRST_REQUEST, demo[0].markdown if demo else "")
        if demo:
            page.meta["runner"] = {"recordings": demo[1].recordings}
    markdown, problems = lists.fill_in(markdown, contents, page.file.src_uri)
    for problem in problems:
        log.warning("%s: %s", page.file.src_uri, problem)
    source = f"docs/pages/{page.file.src_uri}"
    page.edit_url = _edit_url(config, source)
    return lists.link_to_repository(markdown, source, contents.top, _repository(config, "blob"))


def _describe(page: SitePage, file: NotebookFile, contents: lists.Contents, files: Files) -> None:
    """Tell the templates about a notebook's page."""
    notebook, outline = file.notebook, file.notebook.outline
    other = contents.counterpart(notebook)
    target = files.get_file_from_path(other.uri) if other else None
    solutions = notebook in contents.solutions
    title = lists.page_title(outline)
    page.meta.setdefault("title", f"{title}: solutions" if solutions else title)
    if solutions:
        # The same words are in the lesson, which should come first.
        page.meta.setdefault("search", {"boost": 0.3})
    page.meta.setdefault("description", lists.description(outline))
    page.meta["notebook"] = {
        "download": notebook.path.name,
        "uri": notebook.uri,
        "facts": lists.facts(outline),
        "solutions": solutions,
        "counterpart": target.url if target else None,
    }
    page.meta["runner"] = {"recordings": outline.recordings} if file.converted.code_cells else None


def _repository(config: MkDocsConfig, view: str) -> str:
    course = config.extra["course"]
    address = course["repository"].rstrip("/")
    return f"{address}/{view}/{course['branch']}" if address else ""


def _edit_url(config: MkDocsConfig, path: str) -> str | None:
    base = _repository(config, "edit")
    return f"{base}/{path}" if base else None


def on_page_content(html: str, page: SitePage, config: MkDocsConfig, files: Files) -> str:
    """Put code, outputs and formulas into the rendered page."""
    demo = config.extra["course"]["demo"]
    try:
        if isinstance(page.file, NotebookFile):
            html = page.file.converted.finish(html)
        elif "NBBLOCK" in html and demo:
            html = demo[0].finish(html)
    except ConversionError as error:
        raise PluginError(str(error)) from error
    html = html.replace('<input type="checkbox"', '<input type="checkbox" aria-label="Task"')
    # What scrolls must be reachable by keyboard.
    return html.replace("<pre><span></span><code>", '<pre><span></span><code tabindex="0">')


def on_page_context(
    context: dict[str, Any], page: SitePage, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Name no canonical address on a site that has none."""
    if config.site_url == PLACEHOLDER:
        page.canonical_url = None
    return context


def on_post_page(output: str, page: SitePage, config: MkDocsConfig) -> str:
    """Leave out the theme's indentation around the article, and divide a long page."""
    head, start, rest = output.partition("<article")
    inside, end, tail = rest.rpartition("</article>")
    whole = _compact(head) + start + inside.rstrip() + end + _compact(tail)
    if not isinstance(page.file, NotebookFile):
        return whole
    divided = parts.split(whole, "../" * page.file.url.count("/") + "assets/continued.js")
    if divided is None:
        return whole
    folder = Path(page.file.abs_dest_path).parent
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in divided.rest.items():
        (folder / name).write_text(content, "utf-8")
    return divided.page


def _compact(html: str) -> str:
    return re.sub(r">\s+<", "><", re.sub(r"\n\s+", "\n", html))


def on_serve(server: Any, config: MkDocsConfig, builder: Any) -> Any:
    """Build again when a notebook, a recording or the theme changes."""
    top = Path(config.config_file_path).parent
    for name in ("chapters", "solutions", "recordings", "docs/theme"):
        if (top / name).is_dir():
            server.watch(str(top / name))
    return server

